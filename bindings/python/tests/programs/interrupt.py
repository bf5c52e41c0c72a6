"""A real SIGINT while the main thread is blocked in a call. The argument says in which; prints how long it took."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from devin_v2.testing import Emulator

emulator = Emulator()
client = emulator.client()


async def awaited() -> None:
    async with emulator.async_client() as client:
        await client.roles.list()


CASES: dict[str, Callable[[], Any]] = {
    "call": client.roles.list,
    "request": lambda: client.request("GET", "/v2/enterprise/roles"),
    "page": lambda: client.members.list().page(),
    "loop": lambda: list(client.members.list()),
    "collect": lambda: client.members.list().collect(),
    "table": lambda: client.members.list().to_polars(),
    "retry": client.roles.list,
    "async": lambda: asyncio.run(awaited()),
}

case = sys.argv[1]
if case == "retry":
    # It waits between two attempts.
    emulator.fault("status", status=503, headers={"retry-after": "30"})
else:
    emulator.fault(delay=30)
sent: list[float] = []


def interrupt() -> None:
    while not emulator.requests:
        time.sleep(0.005)
    time.sleep(0.2)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)


threading.Thread(target=interrupt).start()
try:
    CASES[case]()
except KeyboardInterrupt:
    took = time.monotonic() - sent[0]
else:
    raise AssertionError("not interrupted")

# The rest goes on as if nothing had been.
assert client.identity.get().user_id and len(client.members.list(limit=50).collect()) == 120

# A handler of the program's own is called, and what it raises arrives; one that raises nothing lets the call go on.
calls: list[object] = []
signal.signal(signal.SIGUSR1, lambda *_: calls.append(1))
emulator.fault(delay=0.5, path="/v2/enterprise/roles")
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1)).start()
assert len(client.roles.list()) > 0 and calls == [1]

# A handler may make calls itself.
signal.signal(signal.SIGUSR1, lambda *_: calls.append(client.identity.get().user_id))
emulator.fault(delay=0.5, path="/v2/enterprise/roles")
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1)).start()
assert len(client.roles.list()) > 0 and calls[1] == client.identity.get().user_id
print(took)
