"""The list of all operations."""

from __future__ import annotations

from . import _native
from ._rows import Record
from ._typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Literal


class Operation(Record):
    """What there is to know about an operation without calling it."""

    __slots__ = (
        "name",
        "resource",
        "method",
        "http_method",
        "path",
        "kind",
        "confirm",
        "paged",
        "summary",
        "v3_twin",
        "beta",
    )

    name: str
    """Its name in this package, such as `members.list`."""
    resource: str
    """The attribute of the client, such as `members`."""
    method: str
    """The method there, such as `list`."""
    http_method: str
    """Such as `GET`."""
    path: str
    """Such as `/v2/enterprise/members/{user_id}`."""
    kind: Literal["read", "write", "destructive", "bulk-destructive"]
    """What calling it can do."""
    confirm: str | None
    """The phrase that it asks for before anything is sent, if it does."""
    paged: bool
    """Whether it is a paged list."""
    summary: str
    """One line about what it does."""
    v3_twin: str | None
    """Its successor in v3, where one is known."""
    beta: bool
    """Whether the service calls it beta."""

    def __init__(self, **fields: Any) -> None:
        for name in self.__slots__:
            setattr(self, name, fields[name])


def operations() -> tuple[Operation, ...]:
    """Every operation of the API, resource by resource."""
    return tuple(Operation(**fields) for fields in _native.operations())
