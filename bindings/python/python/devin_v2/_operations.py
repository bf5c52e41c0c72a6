"""The list of all operations."""

from __future__ import annotations

from typing import NamedTuple

from . import _native


class Operation(NamedTuple):
    """What there is to know about an operation without calling it."""

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
    kind: str
    """`read`, `write`, `destructive` or `bulk-destructive`."""
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


def operations() -> tuple[Operation, ...]:
    """Every operation of the API, resource by resource."""
    return tuple(Operation(**fields) for fields in _native.operations())
