"""Ends while something is under way. The argument says what."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
import time
from typing import Any

worker = threading.Thread(target=lambda: client.roles.list() and print("called"), daemon=True)

if sys.argv[1] == "joined_by_an_earlier_handler":
    atexit.register(worker.join)

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
    atexit.register(lambda: print(client.identity.get().api_key_id and "called"))


def joined_by_an_earlier_handler() -> None:
    """An exit handler from before the import waits for a daemon thread in the middle of a call."""
    emulator.fault(delay=0.5, path="/v2/enterprise/roles")
    worker.start()
    arrived()


def joined_by_a_later_handler() -> None:
    atexit.register(worker.join)
    joined_by_an_earlier_handler()


def handlers_cleared() -> None:
    """What multiprocessing does in children that it forks: they go on with calls."""
    atexit._clear()  # type: ignore[attr-defined]
    joined_by_an_earlier_handler()
    worker.join()


class Last:
    """Makes a call while modules are taken apart."""

    def __init__(self, work: Any) -> None:
        # It takes longer than a signal is left unanswered.
        emulator.fault(delay=0.2, path="/v2/enterprise/**", times=None)
        self.work = work

    def __del__(self, quiet: Any = Exception) -> None:
        # It either works or says why not; it doesn't hang.
        try:
            self.work()
        except quiet:
            pass


def in_destructor() -> None:
    globals()["last"] = Last(client.identity.get)


def in_destructor_first_call() -> None:
    """By a main thread that has made no call before."""
    thread = threading.Thread(target=client.identity.get)
    thread.start()
    thread.join()
    globals()["last"] = Last(client.identity.get)


def in_destructor_beside_threads() -> None:
    emulator.fault(delay=60, path="/v2/enterprise/roles", times=None)
    threading.Thread(target=client.roles.list, daemon=True).start()
    arrived()
    globals()["last"] = Last(client.identity.get)


def in_destructor_listing() -> None:
    begun = iter(client.members.list(limit=10))
    next(begun)
    globals()["last"] = [
        Last(lambda: list(begun)),
        Last(lambda: list(client.members.list(limit=50))),
        Last(client.members.list(limit=50).collect),
        Last(client.members.list(limit=50).page),
    ]


def in_destructor_awaited() -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(awaited.identity.get())

    async def read() -> None:
        await awaited.members.list().collect()

    # The last of a list goes first.
    globals()["last"] = [
        Last(loop.close),
        Last(lambda: loop.run_until_complete(awaited.identity.get())),
        Last(lambda: loop.run_until_complete(read())),
    ]


def in_destructor_emulator() -> None:
    def work(emulator: Any = Emulator) -> None:
        with emulator(members=1, sessions=0) as other:
            other.client(max_retries=0).identity.get()

    globals()["last"] = [Last(work), Last(emulator.reset), Last(emulator.close)]


def closed_twice() -> None:
    emulator.close()
    emulator.close()
    client.close()


globals()[sys.argv[1]]()
assert os.getpid()
