"""Paged lists, lazily."""

from __future__ import annotations

from ._base import blocking, green, run
from ._rows import Page, Report, Rows, stream
from ._typing import TYPE_CHECKING, Any, Generic, TypeVar
from .errors import DevinError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import pandas
    import polars

    from ._base import Caller
    from ._native import Items
    from ._params import Progress

T = TypeVar("T")


class _Bar:
    """tqdm as a receiver of reports."""

    def __init__(self, label: str) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            raise ImportError(
                "progress=True needs tqdm: pip install 'devin-v2[progress]', or pass a function"
            ) from error
        self._bar = tqdm(desc=label, unit=" rows")

    def __call__(self, report: Report) -> None:
        if report.expected is not None and self._bar.total != report.expected:
            self._bar.total = report.expected
        self._bar.update(report.seen - report.bad_row_count - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class _Watch:
    """Tells a receiver how far a listing is."""

    def __init__(self, name: str, progress: Progress, items: Items) -> None:
        self._items = items
        self._told: tuple[int, int | None] = (0, None)
        self._bar = _Bar(name) if progress is True else None
        self._tell: Callable[[Report], object] | None = self._bar or (progress if callable(progress) else None)

    def row(self) -> None:
        """After a row: says something once per page, since in between there is nothing new."""
        progress = self._items.progress()
        if progress != self._told:
            self._told = progress
            self.end()

    def end(self) -> None:
        """After the last row: says that it was."""
        if self._tell is not None:
            self._tell(Report(**self._items.report()))

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Lazy(Generic[T]):
    """What both kinds of listings have in common."""

    __slots__ = ("_core", "_items", "_name", "_of", "_progress", "_total")

    def __init__(
        self, caller: Caller, name: str, of: object, arguments: dict[str, object], progress: Progress
    ) -> None:
        # First: what reports an error of the next line shows this listing too.
        self._name, self._of, self._progress = name, of, progress
        self._core = caller.list(name, of, arguments)
        self._items: Items | None = None
        self._total: int | None = None

    def _begin(self) -> Items:
        self._items = self._core.items()
        return self._items

    def _paged(self, fields: dict[str, Any]) -> Page[T]:
        self._total = fields["total"]
        return Page(**fields, of=self._of)

    def _collected(self, rows: list[T]) -> Rows[T]:
        return Rows(rows, report=self.report, of=self._of)

    @property
    def report(self) -> Report:
        """How far the last reading of this list has come, whether it is complete, and where to go on."""
        return Report() if self._items is None else Report(**self._items.report())

    def __len__(self) -> int:
        total = self._total
        if self._items is not None:
            total = self._items.progress()[1]
        if total is None:
            raise TypeError("the total is not known (yet): read a page first, or count the rows")
        return total

    def __bool__(self) -> bool:
        # A list is something to read, however many rows it turns out to have.
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"


class Listing(_Lazy[T]):
    """A paged list with its filters. Nothing is sent before it is read: loop over it, or ask for a `page()` or to
    `collect()`.

    Pages are fetched ahead, and rows that move to a later page meanwhile are given once. `report` tells whether
    everything came. It is a table too: `polars.DataFrame(listing)` and the like read all of it. `len()` gives the
    total once a page told it.
    """

    __slots__ = ()

    def __iter__(self) -> Iterator[T]:
        items = self._begin()
        kind = green()
        if kind is None:
            rows: Iterator[T] = items
        else:
            from ._green import rows as green_rows

            rows = green_rows(kind, items)
        return self._watched(items, rows) if self._progress else rows

    def _watched(self, items: Items, rows: Iterator[T]) -> Iterator[T]:
        watch = _Watch(self._name, self._progress, items)
        try:
            for row in rows:
                watch.row()
                yield row
            watch.end()
        finally:
            watch.close()

    def page(self) -> Page[T]:
        """One page: the first, or the one that `skip`, `page`, `before` or `resume` names."""
        return self._paged(blocking(self._core.page, self._core.start_page))

    def collect(self) -> Rows[T]:
        """All rows. If a page fails, the error's `partial` has those before it and the place to `resume` from."""
        rows: list[T] = []
        try:
            # Row by row, so that an error on the way loses none.
            for row in self:
                rows.append(row)
        except DevinError as error:
            error.partial = self._collected(rows)
            raise
        return self._collected(rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """All rows as an Arrow stream, for whatever reads the Arrow PyCapsule interface. Sends requests."""
        return stream(self.collect()._rows, self._of)

    def to_pandas(self) -> pandas.DataFrame:
        """All rows as a pandas `DataFrame`. pandas has to be installed."""
        from ._tables import to_pandas

        return to_pandas(self)

    def to_polars(self) -> polars.DataFrame:
        """All rows as a Polars `DataFrame`. Polars has to be installed."""
        from ._tables import to_polars

        return to_polars(self)


class AsyncListing(_Lazy[T]):
    """A paged list with its filters. Nothing is sent before it is read: `async for` over it, or await a `page()` or
    `collect()`.

    Pages are fetched ahead, and rows that move to a later page meanwhile are given once. `report` tells whether
    everything came. What `collect()` gives is a table too. `len()` gives the total once a page told it.
    """

    __slots__ = ()

    async def __aiter__(self) -> AsyncIterator[T]:
        from ._loop import running

        # Rows that are at hand need no loop: without this, a short list could be read under trio now and then.
        running()
        items = self._begin()
        watch = _Watch(self._name, self._progress, items) if self._progress else None
        try:
            while True:
                row = items.now()
                if row is NotImplemented:
                    row = await run(items.start)
                if row is ...:
                    break
                if watch is not None:
                    watch.row()
                yield row
            if watch is not None:
                watch.end()
        finally:
            if watch is not None:
                watch.close()

    async def page(self) -> Page[T]:
        """One page: the first, or the one that `skip`, `page`, `before` or `resume` names."""
        return self._paged(await run(self._core.start_page))

    async def collect(self) -> Rows[T]:
        """All rows. If a page fails, the error's `partial` has those before it and the place to `resume` from."""
        rows: list[T] = []
        try:
            async for row in self:
                rows.append(row)
        except DevinError as error:
            error.partial = self._collected(rows)
            raise
        return self._collected(rows)
