"""Blocking calls in a program that gevent or eventlet has patched. The arguments name the library and the case."""

from __future__ import annotations

import sys
from typing import Any

LIBRARY, CASE = sys.argv[1:3]

spawn: Any
sleep: Any
Timeout: Any
if LIBRARY == "gevent":
    import gevent
    from gevent import monkey

    monkey.patch_all()
    spawn, sleep, Timeout = gevent.spawn, gevent.sleep, gevent.Timeout
else:
    import warnings

    warnings.simplefilter("ignore", DeprecationWarning)
    import eventlet

    eventlet.monkey_patch()
    spawn, sleep, Timeout = eventlet.spawn, eventlet.sleep, eventlet.Timeout

import os
import time

import devin_v2
from devin_v2.testing import Emulator

emulator = Emulator(seed=7, members=120)
client = emulator.client(retry_base_delay=0.001)


def wait(task: Any) -> Any:
    return task.get() if LIBRARY == "gevent" else task.wait()


def calls() -> None:
    """Every way to wait."""
    assert client.identity.get().user_id
    assert len(client.roles.list()) > 0
    assert client.request("GET", "/v2/enterprise/roles").status_code == 200
    members = client.members.list(limit=50)
    assert len(members.page()) == 50
    assert len(list(members)) == 120 and members.report.complete
    seen: list[int] = []
    assert len(client.members.list(limit=50, progress=lambda report: seen.append(report.seen)).collect()) == 120
    assert seen[-1] == 120
    assert len(client.members.list(limit=50).to_polars()) == 120
    try:
        client.members.get("email|000000000000000000000000")
    except devin_v2.NotFoundError as error:
        assert error.status_code == 404 and error.__traceback__ is not None
    else:
        raise AssertionError("no error came")
    try:
        client.members.list(limit=0).page()
    except devin_v2.RefusedError:
        pass
    else:
        raise AssertionError("not refused")


def together() -> None:
    """Greenlets run while others wait."""
    emulator.fault(delay=0.5, path="/v2/enterprise/roles", times=None)
    turns: list[None] = []

    def work() -> None:
        while True:
            turns.append(None)
            sleep(0.01)

    spawn(work)
    began = time.monotonic()
    for task in [spawn(client.roles.list) for _ in range(10)]:
        assert len(wait(task)) > 0
    took = time.monotonic() - began
    assert took < 3, took
    assert len(turns) > 10


def timeout() -> None:
    """A timeout of the hub ends the call, and the next one works."""
    emulator.fault(delay=30, path="/v2/enterprise/roles")
    began = time.monotonic()
    try:
        with Timeout(0.3):
            client.roles.list()
    except Timeout:
        pass
    else:
        raise AssertionError("no timeout")
    assert time.monotonic() - began < 10
    assert len(client.roles.list()) > 0


def interrupt() -> None:
    """Ctrl-C in the main greenlet."""
    emulator.fault(delay=30, path="/v2/enterprise/roles", times=None)

    # From outside: in here, it would be raised where it is sent.
    os.system(f"(sleep 1; kill -INT {os.getpid()}) &")
    began = time.monotonic()
    try:
        client.roles.list()
    except KeyboardInterrupt:
        assert time.monotonic() - began < 10
    else:
        raise AssertionError("not interrupted")
    assert client.identity.get().user_id


def interrupted() -> None:
    """Ctrl-C ends the program while other greenlets are in calls."""
    emulator.fault(delay=30, path="/v2/enterprise/roles", times=None)
    for _ in range(3):
        spawn(client.roles.list)
    while len(emulator.requests) < 3:
        sleep(0.01)
    sys.exit(0)


def in_destructor() -> None:
    """A call while modules are taken apart, in a program whose first call was made in a greenlet."""
    wait(spawn(client.identity.get))
    emulator.fault(delay=0.3, path="/v2/enterprise/**", times=None)

    class Last:
        def __del__(self, client: Any = client, quiet: Any = Exception) -> None:
            try:
                client.identity.get()
            except quiet:
                pass

    globals()["last"] = Last()


def native_thread() -> None:
    """A real thread has a hub of its own."""
    if LIBRARY == "gevent":
        found = gevent.get_hub().threadpool.apply(client.identity.get)
    else:
        from eventlet import tpool

        found = tpool.execute(client.identity.get)
    assert found.user_id


def many() -> None:
    """Nothing is left behind."""
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(5):
        for task in [spawn(client.identity.get) for _ in range(100)]:
            assert wait(task).user_id
    after = len(os.listdir("/proc/self/fd")) if before else 0
    # Connections that are kept.
    assert after - before < 60, (before, after)


globals()[CASE]()
print("end", flush=True)
