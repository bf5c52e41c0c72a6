"""The base of all classes that stand for what the service answers."""

from __future__ import annotations

from . import _native
from ._typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas
    import polars


class Model(_native.Model):
    """What the service answered, or one row of it.

    Attributes are the fields of the document, read-only. Objects are compared by what they hold, can be hashed, copied
    and pickled. Fields that this version doesn't know are in `extra`. `repr` and notebooks don't show personal fields;
    reading the attribute does. As a table (Arrow, pandas, Polars) an object is one row; totals by key (consumption)
    are one row per key.
    """

    __slots__ = ()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """This object as an Arrow stream, for whatever reads the Arrow PyCapsule interface."""
        return _native.arrow_stream(type(self), [self])

    def to_pandas(self) -> pandas.DataFrame:
        """This object as a pandas `DataFrame`. pandas has to be installed."""
        from ._tables import to_pandas

        return to_pandas(self)

    def to_polars(self) -> polars.DataFrame:
        """This object as a Polars `DataFrame`. Polars has to be installed."""
        from ._tables import to_polars

        return to_polars(self)

    def _repr_html_(self) -> str:
        from ._display import of_model

        return of_model(self)

