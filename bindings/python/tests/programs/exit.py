"""Ends while something is under way. The argument says what."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from typing import Any

from devin_v2.testing import Emulator

emulator = Emulator()
client = emulator.client()
awaited = emulator.async_client()


def arrived() -> None:
    while not emulator.requests:
        time.sleep(0.005)


async def wait_in_loop() -> None:
    while not emulator.requests:
        await asyncio.sleep(0.005)


def hang() -> None:
    emulator.fault(delay=60, path="/v2/enterprise/**", times=None)


def unclosed() -> None:
    assert client.identity.get().user_id
    rows = client.members.list(limit=10).collect()
    globals()["kept"] = [rows, iter(client.members.list()), Emulator(members=1, sessions=0)]


def thread() -> None:
    """A daemon thread in the middle of a blocking call."""
    hang()
    threading.Thread(target=client.roles.list, daemon=True).start()
    arrived()


def reading_thread() -> None:
    hang()
    threading.Thread(target=lambda: list(client.members.list()), daemon=True).start()
    arrived()


def busy_threads() -> None:
    """Daemon threads whose calls end while the interpreter does."""

    def work() -> None:
        while True:
            client.identity.get()

    for _ in range(4):
        threading.Thread(target=work, daemon=True).start()
    time.sleep(0.3)


def looping_thread() -> None:
    """A loop in a daemon thread."""
    hang()

    async def work() -> None:
        await asyncio.gather(*(awaited.roles.list() for _ in range(20)))

    threading.Thread(target=lambda: asyncio.run(work()), daemon=True).start()
    arrived()


def busy_loop() -> None:
    """A loop in a daemon thread whose calls end while the interpreter does."""

    async def work() -> None:
        while True:
            await asyncio.gather(*(awaited.identity.get() for _ in range(20)))

    threading.Thread(target=lambda: asyncio.run(work()), daemon=True).start()
    time.sleep(0.3)


def pending_task() -> None:
    """`asyncio.run` cancels it."""
    hang()

    async def main() -> None:
        globals()["task"] = asyncio.create_task(awaited.roles.list())
        await wait_in_loop()

    asyncio.run(main())


def half_read() -> None:
    """Iterators that were left in the middle, kept until the end."""
    kept: list[Any] = [iter(client.members.list(limit=1))]
    next(kept[0])

    async def main() -> None:
        rows = aiter(awaited.members.list(limit=1))
        kept.append(rows)
        await anext(rows)

    asyncio.run(main())
    globals()["kept"] = kept


def error_at_the_end() -> None:
    """`sys.exit` in the middle of reading."""
    for _ in client.members.list(limit=1):
        sys.exit(0)


def at_exit() -> None:
    """Calls of exit handlers still work."""
    import atexit

    atexit.register(lambda: print(client.identity.get().api_key_id and "called"))


def in_destructor() -> None:
    """A call while modules are taken apart either works or says why not; it doesn't hang."""

    class Last:
        def __del__(self, client: Any = client, emulator: Any = emulator, quiet: Any = Exception) -> None:
            try:
                client.identity.get()
            except quiet:
                pass

    globals()["last"] = Last()


def closed_twice() -> None:
    emulator.close()
    emulator.close()
    client.close()


globals()[sys.argv[1]]()
assert os.getpid()
