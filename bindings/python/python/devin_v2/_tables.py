"""DataFrames of whatever exports Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars


def to_pandas(table: Any) -> pandas.DataFrame:
    """A pandas `DataFrame`."""
    import pandas

    if hasattr(pandas.DataFrame, "from_arrow"):
        return pandas.DataFrame.from_arrow(table)
    import pyarrow

    frame: pandas.DataFrame = pyarrow.table(table).to_pandas()
    return frame


def to_polars(table: Any) -> polars.DataFrame:
    """A Polars `DataFrame`."""
    import polars

    return polars.DataFrame(table)
