"""DataFrames of whatever exports Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars


def to_pandas(table: Any) -> pandas.DataFrame:
    """A pandas `DataFrame`."""
    import pandas

    frame: pandas.DataFrame
    # Since pandas 3; before it, the same takes pyarrow.
    from_arrow: Any = getattr(pandas.DataFrame, "from_arrow", None)
    if from_arrow is not None:
        frame = from_arrow(table)
    else:
        import pyarrow

        frame = pyarrow.table(table).to_pandas()
    return frame


def to_polars(table: Any) -> polars.DataFrame:
    """A Polars `DataFrame`."""
    import polars

    return polars.DataFrame(table)
