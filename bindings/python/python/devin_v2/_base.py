"""What the methods of resources call: the native half, once blocking and once awaited."""

from __future__ import annotations

from sys import modules

from ._rows import Response, Rows
from ._typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._model import Model
    from ._native import Core, ListingCore

_M = TypeVar("_M", bound="Model")


class Caller:
    """Calls by name, and what both kinds of clients share."""

    __slots__ = ("core",)

    core: Core

    def __init__(self, core: Core) -> None:
        self.core = core

    def list(self, name: str, of: object, arguments: dict[str, object]) -> ListingCore:
        """A paged list, of which nothing is fetched yet."""
        return self.core.list(name, of, arguments)


class SyncCaller(Caller):
    """Blocks the thread, with the interpreter free for others."""

    __slots__ = ()

    @overload
    def call(self, name: str, of: type[_M], arguments: dict[str, object]) -> _M: ...
    @overload
    def call(self, name: str, of: object, arguments: dict[str, object]) -> Any: ...
    def call(self, name: str, of: object, arguments: dict[str, object]) -> Any:
        return blocking(self.core.call, self.core.start, name, of, arguments)

    def rows(self, name: str, of: object, arguments: dict[str, object]) -> Rows[Any]:
        """Calls an operation whose answer is an array."""
        rows, bad = self.call(name, of, arguments)
        return Rows(rows, bad, of=of)

    def request(
        self, method: str, path: str, params: Mapping[str, object], json: object, confirm: str | None
    ) -> Response:
        """Sends a request of the user's own."""
        core = self.core
        return Response(**blocking(core.request, core.start_request, method, path, dict(params), json, confirm))


class AsyncCaller(Caller):
    """Awaits; cancelling the task drops the request."""

    __slots__ = ()

    @overload
    async def call(self, name: str, of: type[_M], arguments: dict[str, object]) -> _M: ...
    @overload
    async def call(self, name: str, of: object, arguments: dict[str, object]) -> Any: ...
    async def call(self, name: str, of: object, arguments: dict[str, object]) -> Any:
        return await run(self.core.start, name, of, arguments)

    async def rows(self, name: str, of: object, arguments: dict[str, object]) -> Rows[Any]:
        """Calls an operation whose answer is an array."""
        rows, bad = await run(self.core.start, name, of, arguments)
        return Rows(rows, bad, of=of)

    async def request(
        self, method: str, path: str, params: Mapping[str, object], json: object, confirm: str | None
    ) -> Response:
        """Sends a request of the user's own."""
        return Response(**await run(self.core.start_request, method, path, dict(params), json, confirm))


def green() -> Any:
    """How a greenlet waits; `None` in programs without greenlets."""
    # Not loaded by others, which don't pay for it.
    if "gevent.monkey" in modules or "eventlet.patcher" in modules:
        from ._green import patched

        return patched()
    return None


def blocking(call: Callable[..., Any], start: Callable[..., Any], *arguments: object) -> Any:
    """What comes of `call`, which blocks, or of `start` where greenlets are not to be blocked."""
    kind = green()
    if kind is None:
        return call(*arguments)
    from ._green import run

    return run(kind, start, *arguments)


async def run(start: Callable[..., Any], *arguments: object) -> Any:
    """Awaits what `start` begins for a bridge into the running loop and a future of it."""
    # Not at import: programs without asyncio shall not load it.
    from ._loop import bridge

    way_back, future = bridge()
    task = start(way_back, future, *arguments)
    try:
        return await future
    finally:
        # Without effect if it is done; otherwise it was this coroutine that was cancelled or closed.
        task.cancel()
