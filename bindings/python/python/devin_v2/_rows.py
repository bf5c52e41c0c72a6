"""Rows that have come, and what there is to say about them."""

from __future__ import annotations

from . import _native
from ._typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas
    import polars

T = TypeVar("T", covariant=True)


class Record:
    """A few values by name: compared by them, picklable."""

    __slots__: tuple[str, ...] = ()
    _hidden: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        return hash(tuple(str(getattr(self, name)) for name in self.__slots__))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__slots__ if name not in self._hidden)
        return f"{type(self).__name__}({', '.join(shown)})"


class BadRow(Record):
    """A row that does not fit its type. The rows around it are not affected."""

    __slots__ = ("index", "json", "path", "reason")
    # It may hold personal data.
    _hidden = ("json",)

    index: int
    """Its place among the rows, from 0."""
    json: str
    """The row as the service sent it."""
    path: str
    """Where it does not fit, such as `pull_requests[0].url`."""
    reason: str
    """Why, without the value."""

    def __init__(self, index: int, json: str, path: str, reason: str) -> None:
        self.index, self.json, self.path, self.reason = index, json, path, reason


class Report(Record):
    """How far a listing has come, and whether it can be trusted to be whole."""

    __slots__ = (
        "complete",
        "expected",
        "seen",
        "duplicates",
        "bad_rows",
        "bad_row_count",
        "pages",
        "total_changed",
        "resume",
    )

    complete: bool
    """Whether every row that the service counts was given exactly once. Where the service gives no total (audit log):
    whether the listing came to its regular end."""
    expected: int | None
    """Rows that the service says there are, from where the listing started; `None` if it does not say."""
    seen: int
    """Different rows seen so far, bad ones included."""
    duplicates: int
    """Rows that came again and were left out."""
    bad_rows: tuple[BadRow, ...]
    """Rows that did not fit their type: the first 1,000."""
    bad_row_count: int
    """How many rows did not fit."""
    pages: int
    """Pages read so far."""
    total_changed: bool
    """Whether the total changed while the pages were read."""
    resume: str | None
    """Where to go on: pass it as `resume` with the same filters. `None` once the end was reached."""

    def __init__(
        self,
        *,
        complete: bool = False,
        expected: int | None = None,
        seen: int = 0,
        duplicates: int = 0,
        bad_rows: Iterable[tuple[int, str, str, str]] = (),
        bad_row_count: int = 0,
        pages: int = 0,
        total_changed: bool = False,
        resume: str | None = None,
    ) -> None:
        self.complete, self.expected, self.seen, self.duplicates = complete, expected, seen, duplicates
        self.bad_rows = tuple(BadRow(*row) for row in bad_rows)
        self.bad_row_count, self.pages, self.total_changed = bad_row_count, pages, total_changed
        self.resume = resume


class Rows(Generic[T]):
    """Rows that have come: a sequence that is a table too.

    `polars.DataFrame(rows)`, `pandas.DataFrame.from_arrow(rows)`, `pyarrow.table(rows)` and DuckDB read it through the
    Arrow PyCapsule interface; `to_pandas()` and `to_polars()` are short for the first two.
    """

    __slots__ = ("_of", "_rows", "bad_rows", "report")

    bad_rows: tuple[BadRow, ...]
    """Rows that did not fit their type."""
    report: Report | None
    """Whether these are all rows of a list, if they were collected."""

    def __init__(
        self,
        rows: Iterable[T] = (),
        bad_rows: Iterable[tuple[int, str, str, str]] = (),
        report: Report | None = None,
        of: object = None,
    ) -> None:
        # Their class, for the table that none of them make.
        self._of = of
        self._rows: list[Any] = rows if isinstance(rows, list) else list(rows)
        self.bad_rows = report.bad_rows if report else tuple(BadRow(*row) for row in bad_rows)
        self.report = report

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Rows[T]: ...
    def __getitem__(self, index: int | slice) -> T | Rows[T]:
        if isinstance(index, slice):
            return Rows(self._rows[index], of=self._of)
        row: T = self._rows[index]
        return row

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows)

    # With these it has what a `Sequence` has. It is none by inheritance: Polars would take it for a list of objects
    # before it asked for the Arrow stream.
    def __reversed__(self) -> Iterator[T]:
        rows: Iterator[T] = reversed(self._rows)
        return rows

    def __contains__(self, row: object) -> bool:
        return row in self._rows

    def index(self, row: object, start: int = 0, stop: int | None = None) -> int:
        """The place of the first row that equals this one."""
        return self._rows.index(row, start, len(self._rows) if stop is None else stop)

    def count(self, row: object) -> int:
        """How many rows equal this one."""
        return self._rows.count(row)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows):
            return bool(self._rows == other._rows)
        return bool(self._rows == other) if isinstance(other, list) else NotImplemented

    # Defining `__eq__` alone made it so.
    __hash__: ClassVar[None]  # type: ignore[assignment]

    def _summary(self) -> str:
        parts = [f"{len(self)} row{'' if len(self) == 1 else 's'}"]
        if self.report is not None:
            parts.append("complete" if self.report.complete else "not complete")
        if self.bad_rows:
            parts.append(f"{len(self.bad_rows)} bad")
        return ", ".join(parts)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._summary()}>"

    def _repr_html_(self) -> str:
        from ._display import of_rows

        return of_rows(self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """These rows as an Arrow stream, for whatever reads the Arrow PyCapsule interface."""
        return stream(self._rows, self._of)

    def to_pandas(self) -> pandas.DataFrame:
        """These rows as a pandas `DataFrame`. pandas has to be installed."""
        from ._tables import to_pandas

        return to_pandas(self)

    def to_polars(self) -> polars.DataFrame:
        """These rows as a Polars `DataFrame`. Polars has to be installed."""
        from ._tables import to_polars

        return to_polars(self)


def stream(rows: list[Any], of: object = None) -> object:
    """The Arrow stream of rows, which are of the class `of` if there are none."""
    kind = type(rows[0]) if rows else of
    if not (isinstance(kind, type) and issubclass(kind, _native.Model)):
        raise TypeError("only rows that are objects make a table")
    return _native.arrow_stream(kind, rows)


class Page(Rows[T]):
    """One page of a list."""

    __slots__ = ("total", "skip", "limit", "has_more", "next", "request_id")

    total: int | None
    """Rows in the whole list; `None` where the service does not say."""
    skip: int | None
    """Rows before this page; `None` where the service does not say."""
    limit: int | None
    """The size of pages that the service went by; `None` where it does not say."""
    has_more: bool
    """Whether more rows follow. Where the service does not say (audit log), whether this page held any."""
    next: str | None
    """The next page: pass it as `resume`. `None` on the last one."""
    request_id: str
    """The id of the request, for support to find it by."""

    def __init__(
        self,
        rows: Iterable[T],
        bad_rows: Iterable[tuple[int, str, str, str]],
        total: int | None,
        skip: int | None,
        limit: int | None,
        has_more: bool,
        next: str | None,
        request_id: str,
        of: object = None,
    ) -> None:
        super().__init__(rows, bad_rows, of=of)
        self.total, self.skip, self.limit, self.has_more = total, skip, limit, has_more
        self.next, self.request_id = next, request_id


class Response:
    """An answer as it arrived, of a request of your own (`client.request`)."""

    __slots__ = ("status_code", "headers", "content", "request_id", "attempts", "elapsed")

    status_code: int
    """The status."""
    headers: Mapping[str, str]
    """The headers, by lower-case name."""
    content: bytes
    """The body."""
    request_id: str
    """The id of the request, for support to find it by."""
    attempts: int
    """How often the request was sent."""
    elapsed: float
    """Seconds that the call took, waits included."""

    def __init__(
        self,
        status_code: int,
        headers: list[tuple[str, str]],
        content: bytes,
        request_id: str,
        attempts: int,
        elapsed: float,
    ) -> None:
        joined: dict[str, str] = {}
        for name, value in headers:
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        self.status_code, self.headers, self.content = status_code, joined, content
        self.request_id, self.attempts, self.elapsed = request_id, attempts, elapsed

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as plain values."""
        import json

        return json.loads(self.content)

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, {len(self.content)} bytes>"
