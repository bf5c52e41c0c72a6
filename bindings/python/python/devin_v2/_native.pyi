# Written by hand after `src/`, and checked against the built module by stubtest.
"""Rust underneath the package `devin_v2`. Not part of its interface, but for the classes that `devin_v2` names itself."""

from asyncio import Future
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date as _date, datetime
from typing import Any, ClassVar, Generic, Literal, Never, NoReturn, Protocol, TypeVar, final, overload

from ._params import Day, Days
from typing_extensions import CapsuleType, Self, disjoint_base

__all__ = [
    "BillingDay",
    "BillingDays",
    "Bridge",
    "Core",
    "EmulatorCore",
    "Field",
    "Items",
    "ListingCore",
    "Model",
    "NotGiven",
    "Secret",
    "Task",
    "arrow_stream",
    "emulate",
    "forked",
    "operations",
    "shut_down",
    "version",
]

_T_co = TypeVar("_T_co", covariant=True)

@final
class NotGiven:
    """The type of `NOT_GIVEN`: an argument that is left out, which is something else than `None`.

    It is false, and pickles as the one instance that there is: ask with `isinstance(value, NotGiven)`.
    """

    def __new__(cls) -> Self: ...
    def __bool__(self) -> Literal[False]: ...
    def __reduce__(self) -> str: ...

@final
class Secret:
    """A value that must not be printed, such as an API key.

    `repr`, `str` and formatting show its kind and a short hash (`apk_user_…#1a2b3c4d`); `get_secret_value()` is the
    only way to the value. Secrets are compared by their values and can be hashed. A secret can't be pickled, so that it
    isn't written anywhere by accident.
    """

    def __new__(cls, value: str) -> Self:
        """Wraps a value.

        Args:
            value: What must not be printed.
        """

    def get_secret_value(self) -> str:
        """The value itself. Keep it out of logs."""

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __format__(self, _spec: str, /) -> str: ...
    def __reduce__(self) -> NoReturn: ...

@final
class BillingDay:
    """A day as the service bills it: from 08:00 UTC to 08:00 UTC of the next day.

    Consumption and metrics agree with the dashboard only if their ranges start and end on these borders. Where a call
    takes a time, a `BillingDay` stands for its start. Days are ordered, can be hashed, compared and pickled.
    """

    def __new__(cls, date: str | _date | BillingDay) -> Self:
        """The billing day that this date names.

        Args:
            date: `"2025-12-05"` or a `datetime.date` (not a `datetime`: see `containing`).

        Raises:
            RefusedError: It is no date.
        """

    @classmethod
    def containing(cls, instant: str | datetime) -> BillingDay:
        """The billing day that an instant falls on.

        Args:
            instant: An aware `datetime`, or text with an offset or `Z`.

        Raises:
            RefusedError: It is no time, or has no zone.
        """

    @classmethod
    def today(cls) -> BillingDay:
        """The billing day of this moment."""

    @property
    def date(self) -> _date:
        """The date that names it."""

    @property
    def start(self) -> datetime:
        """Its first instant: 08:00 UTC."""

    @property
    def end(self) -> datetime:
        """The first instant after it: the start of the next day."""

    def next(self) -> BillingDay:
        """The day after it."""

    def prev(self) -> BillingDay:
        """The day before it."""

    def through(self, last: BillingDay) -> list[BillingDay]:
        """All days from this one to `last`, both included; none if `last` is earlier."""

    def isoformat(self) -> str:
        """Its date, as text."""

    def __add__(self, days: int, /) -> BillingDay: ...
    def __radd__(self, days: int, /) -> BillingDay: ...
    @overload
    def __sub__(self, other: BillingDay, /) -> int: ...
    @overload
    def __sub__(self, other: int, /) -> BillingDay: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __lt__(self, other: BillingDay, /) -> bool: ...
    def __le__(self, other: BillingDay, /) -> bool: ...
    def __gt__(self, other: BillingDay, /) -> bool: ...
    def __ge__(self, other: BillingDay, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[BillingDay], tuple[str]]: ...

@final
class BillingDays:
    """One or more billing days in a row, such as a month or a billing cycle.

    It has a length and can be iterated over. Ranges can be compared, hashed and pickled.
    """

    def __new__(cls, days: Days, last: Day | None = None) -> Self:
        """The days that these arguments name.

        Args:
            days: A month (`"2026-02"`), a day, a billing cycle, or a pair. A date that ends a pair is included, a
                `datetime` is excluded.
            last: With it, `days` is the first day.

        Raises:
            RefusedError: They name no days, or a time that is not 08:00 UTC.
        """

    @classmethod
    def between(cls, start: str | datetime, end: str | datetime) -> BillingDays:
        """The days between two borders.

        Args:
            start: The start of the first day, 08:00 UTC.
            end: The start of the day after the last one, 08:00 UTC.

        Raises:
            RefusedError: One of them is not 08:00 UTC, or there is no day between them.
        """

    @property
    def first(self) -> BillingDay:
        """The first day."""

    @property
    def last(self) -> BillingDay:
        """The last day, which is included."""

    @property
    def start(self) -> datetime:
        """The first instant: 08:00 UTC of the first day."""

    @property
    def end(self) -> datetime:
        """The first instant after the last day."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> BillingDay: ...
    def __iter__(self) -> Iterator[BillingDay]: ...
    def __contains__(self, day: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[BillingDays], tuple[str, str]]: ...

@final
class Field(Generic[_T_co]):
    """A field of a class of rows: the descriptor that gives its value. `type(row).__fields__` has all of them.

    `Field[str]` is for annotations alone: the class can't be subscripted when the program runs.
    """

    @overload
    def __get__(self, instance: None, owner: type | None = None, /) -> Self: ...
    @overload
    def __get__(self, instance: Model, owner: type | None = None, /) -> _T_co: ...
    def __set__(self, instance: Model, value: Never, /) -> NoReturn:
        """Raises an `AttributeError`: rows are read-only."""

    def __delete__(self, instance: Model, /) -> NoReturn:
        """Raises an `AttributeError`: rows are read-only."""

    @property
    def name(self) -> str:
        """The attribute's name."""

    @property
    def json_name(self) -> str:
        """The name in the service's JSON."""

    @property
    def sensitive(self) -> Literal["secret", "personal"] | None:
        """How carefully its value is shown: `"personal"` is left out of `repr` and notebooks, `"secret"` is redacted."""

@disjoint_base
class Model:
    """What the service answered, or one row of it.

    Attributes are the fields of the document, read-only. Objects are compared by what they hold, can be hashed, copied
    and pickled. Fields that this version doesn't know are in `extra`.
    """

    __fields__: ClassVar[tuple[Field[Any], ...]]
    """The fields of the class, in the order of the document."""
    __spec__: ClassVar[Any]

    def __new__(cls) -> Self:
        """Raises a `TypeError`: such objects come from the service. Make one with `from_dict` or `from_json`."""

    def __init_subclass__(cls) -> None: ...
    @classmethod
    def from_dict(cls, members: Mapping[str, object]) -> Self:
        """An object of this class from a `dict` as `to_dict()` gives it. What it holds is taken as it is.

        Args:
            members: Values by the names that they have in the service's JSON.
        """

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """An object of this class from the text of a JSON object.

        Raises:
            ValueError: The text is no JSON object.
        """

    def to_dict(self) -> dict[str, Any]:
        """Everything that came, unknown fields too, as plain values (times stay text). Secrets are redacted."""

    def to_json(self) -> str:
        """Everything that came as the text of a JSON object. Secrets are redacted."""

    @property
    def extra(self) -> dict[str, Any]:
        """The fields that this version of the package doesn't know, as plain values."""

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: object) -> Self: ...
    def __reduce__(self) -> tuple[Any, tuple[bytes]]: ...

@final
class Core:
    """Settings, and the client that this process made of them."""

    def __new__(cls, settings: dict[str, object]) -> Self: ...
    @staticmethod
    def restored(settings: dict[str, object], given: dict[str, object]) -> Core:
        """A client of settings that come from another process. What is wrong with them here, such as a missing key, is
        told by its calls: an exception while it is unpickled would be the end of a pool's worker."""

    def with_options(self, given: dict[str, object]) -> Core:
        """The same client with other limits."""

    @property
    def base_url(self) -> str:
        """Where it sends its requests."""

    @property
    def key_fingerprint(self) -> str:
        """The kind of the key and a short hash of it."""

    def close(self) -> None:
        """Gives its connections up."""

    def call(self, name: str, ty: object, arguments: dict[str, object]) -> Any:
        """Calls an operation and waits for its answer."""

    def start(self, bridge: Bridge, future: Future[Any] | None, name: str, ty: object, arguments: dict[str, object]) -> Task:
        """Calls an operation; the answer goes to `future`."""

    def list(self, name: str, ty: object, arguments: dict[str, object]) -> ListingCore:
        """A paged list. Nothing is sent yet."""

    def request(
        self, method: str, path: str, query: dict[str, object], body: object, confirm: str | None
    ) -> dict[str, Any]:
        """Sends a request of the caller's own making and waits for its answer."""

    def start_request(
        self,
        bridge: Bridge,
        future: Future[Any] | None,
        method: str,
        path: str,
        query: dict[str, object],
        body: object,
        confirm: str | None,
    ) -> Task:
        """Sends a request of the caller's own making; the answer goes to `future`."""

@final
class ListingCore:
    """A list with its filters, of which nothing was fetched yet."""

    def page(self) -> dict[str, Any]:
        """Fetches one page and waits for it."""

    def start_page(self, bridge: Bridge, future: Future[Any] | None) -> Task:
        """Fetches one page; it goes to `future`."""

    def items(self) -> Items:
        """All rows, from the first on."""

@final
class Items(Iterator[Any]):
    """The rows of a list, page after page."""

    def __iter__(self) -> Self: ...
    def __next__(self) -> Any: ...
    def now(self) -> Any:
        """The next row if it is at hand, `Ellipsis` at the end, `NotImplemented` if a page has to be waited for."""

    def start(self, bridge: Bridge, future: Future[Any] | None) -> Task:
        """Waits for the next row; it, or `Ellipsis` at the end, goes to `future`."""

    def report(self) -> dict[str, Any]:
        """How far it has come."""

    def progress(self) -> tuple[int, int | None]:
        """Rows seen so far, and rows that there are, if the service says so."""

class _Loop(Protocol):
    """What a bridge needs of an event loop."""

    def call_soon_threadsafe(self, drain: Any, bridge: Any, /) -> object: ...

@final
class Bridge:
    """The way into one loop."""

    def __new__(cls, loop: _Loop, drain: Callable[[Bridge], None] | None) -> Self: ...
    def take(self) -> list[tuple[Future[Any], bool, Any]]:
        """All results that have come: a future, whether its call failed, and what came of it."""

@final
class Task:
    """A call under way in an event loop."""

    def cancel(self) -> None:
        """Stops the call, if it isn't done: the request is dropped."""

@final
class EmulatorCore:
    """A running emulator."""

    def __new__(cls, settings: dict[str, object]) -> Self: ...
    @property
    def url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    def fault(self, fault: dict[str, object]) -> None:
        """Scripts a fault, given as its JSON."""

    def requests(self) -> list[dict[str, Any]]:
        """The requests that arrived."""

    def clear_requests(self) -> None: ...
    def reset(self) -> None: ...
    def close(self) -> None:
        """Stops it; it is gone when this returns."""

# `class` is a word of Python's: the native half calls the argument so all the same.
def arrow_stream(__class: type[Model], rows: Sequence[Model]) -> CapsuleType:
    """The Arrow stream of `rows`, all objects of the class. Fields are columns, and so are fields that the class doesn't
    know; a class of totals by key (consumption) becomes one row per key."""

def emulate(arguments: Sequence[str]) -> int:
    """Runs the emulator as a program until it is stopped, and gives its exit code."""

def forked() -> None:
    """Called in a forked child: what the parent's threads held is theirs, and is left alone."""

def shut_down() -> None:
    """Called when the interpreter ends: from now on, none of our threads comes back to it."""

def operations() -> list[dict[str, Any]]:
    """What the document and its overlay say of each operation."""

def version() -> str:
    """The version of this package."""
