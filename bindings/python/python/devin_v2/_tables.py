"""DataFrames of whatever exports Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars


def to_pandas(table: Any) -> pandas.DataFrame:
    """A pandas `DataFrame`."""
    import pandas
    import pyarrow

    # Columns of integers can hold nulls, which numpy's can't: they would become floats, which hold 53 bits.
    types = {pyarrow.int64(): pandas.Int64Dtype()}
    frame: pandas.DataFrame = pyarrow.table(table).to_pandas(types_mapper=types.get)
    return frame


def to_polars(table: Any) -> polars.DataFrame:
    """A Polars `DataFrame`."""
    import polars

    return polars.DataFrame(table)
