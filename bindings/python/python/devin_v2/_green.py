"""Blocking calls in programs that gevent or eventlet have patched.

A call is sent as it is for asyncio, and its greenlet waits at the hub. Others run meanwhile, and whatever ends the wait
(Ctrl-C, `gevent.Timeout`, `kill()`) drops the request.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ._native import Bridge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._native import Items


class _Gevent:
    """Wakes one greenlet from any thread."""

    def __init__(self) -> None:
        from gevent.hub import Waiter, get_hub

        self._loop = get_hub().loop
        self._waiter = Waiter()

    def wait(self) -> None:
        # Without a timer, the hub would find nothing to wait for and give up.
        timer = self._loop.timer(3600, 3600)
        timer.start(lambda: None)
        try:
            self._waiter.get()
        finally:
            timer.stop()
            timer.close()

    def call_soon_threadsafe(self, *_: object) -> None:
        self._loop.run_callback_threadsafe(self._waiter.switch, None)


class _File:
    """A file descriptor that is closed by the last one who has it."""

    def __init__(self, number: int, close: Callable[[int], None]) -> None:
        self.number, self._close = number, close

    def __del__(self) -> None:
        self._close(self.number)


class _Eventlet:
    """Wakes one greenlet from any thread. Its hub has no way in for threads but a file."""

    def __init__(self) -> None:
        from eventlet.patcher import original

        # The patched one would make a hub for each thread that wakes.
        system = original("os")
        reading, writing = system.pipe()
        self._reading, self._writing = _File(reading, system.close), _File(writing, system.close)
        self._write = system.write

    def wait(self) -> None:
        from eventlet.hubs import trampoline

        trampoline(self._reading.number, read=True)

    def call_soon_threadsafe(self, *_: object) -> None:
        self._write(self._writing.number, b"\0")


def patched() -> type[_Gevent | _Eventlet] | None:
    """How this greenlet waits at its hub; `None` where threads are threads, or where this is the hub itself."""
    if sys.is_finalizing():
        return None
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and (monkey.is_module_patched("socket") or monkey.is_module_patched("threading")):
        import gevent

        return None if gevent.getcurrent() is gevent.get_hub() else _Gevent
    patcher = sys.modules.get("eventlet.patcher")
    if patcher is not None and (patcher.is_monkey_patched("socket") or patcher.is_monkey_patched("thread")):
        import eventlet.hubs

        return None if eventlet.getcurrent() is eventlet.hubs.get_hub().greenlet else _Eventlet
    return None


def run(kind: type[_Gevent | _Eventlet], start: Callable[..., Any], *arguments: object) -> Any:
    """Waits at the hub for what `start` begins."""
    greenlet = kind()
    bridge: Any = Bridge(greenlet, None)
    task = start(bridge, None, *arguments)
    try:
        greenlet.wait()
    finally:
        # Without effect if it is done.
        task.cancel()
    [(_, failed, value)] = bridge.take()
    if failed:
        raise value
    return value


def rows(kind: type[_Gevent | _Eventlet], items: Items) -> Iterator[Any]:
    """The rows of a list."""
    while True:
        row = items.now()
        if row is NotImplemented:
            row = run(kind, items.start)
        if row is ...:
            return
        yield row
