"""The way back into asyncio's loops."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from ._native import Bridge
from .errors import RefusedError


class _Local(threading.local):
    loop: asyncio.AbstractEventLoop | None = None
    bridge: Bridge | None = None


_local = _Local()


def _drain(way_back: Bridge) -> None:
    """Hands results to their futures. Runs in the loop."""
    for future, failed, value in way_back.take():
        # It may have been cancelled meanwhile.
        if not future.done():
            (future.set_exception if failed else future.set_result)(value)


def running() -> asyncio.AbstractEventLoop:
    """The running loop."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RefusedError(
            "AsyncClient needs a running asyncio event loop, and there is none in this thread. With trio, or anyio on "
            "trio, call the blocking Client in a worker thread: "
            "await anyio.to_thread.run_sync(client.members.get, user_id). Or run anyio with backend='asyncio'.",
            kind="refused",
        ) from None


def bridge() -> tuple[Bridge, asyncio.Future[Any]]:
    """The bridge into the running loop, and a new future of it."""
    loop = running()
    way_back = _local.bridge
    if way_back is None or _local.loop is not loop:
        way_back = Bridge(loop, _drain)
        _local.loop, _local.bridge = loop, way_back
    return way_back, loop.create_future()
