"""The way back into asyncio's loops."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from ._native import Bridge


class _Local(threading.local):
    loop: asyncio.AbstractEventLoop | None = None
    bridge: Bridge | None = None


_local = _Local()


def bridge() -> tuple[Bridge, asyncio.Future[Any]]:
    """The bridge into the running loop, and a new future of it."""
    loop = asyncio.get_running_loop()
    way_back = _local.bridge
    if way_back is None or _local.loop is not loop:
        way_back = Bridge(loop)
        _local.loop, _local.bridge = loop, way_back
    return way_back, loop.create_future()
