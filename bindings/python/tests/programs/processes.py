"""Clients and what comes of them in other processes. The arguments name the case; the key is in the environment."""

from __future__ import annotations

import asyncio
import concurrent.futures
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from typing import Any

import devin_v2
from devin_v2 import AsyncClient, Client

ADA = "email|65f1c0ffee65f1c0ffee65f1"
UNKNOWN = "email|000000000000000000000000"

shared: Any = None


def call(client: Client) -> str:
    return client.identity.get().api_key_id


def call_shared(_: int) -> str:
    return call(shared)


def count(client: Client) -> int:
    return len(client.members.list(limit=50).collect())


def row(client: Client) -> Any:
    return client.members.get(ADA)


def rows(client: Client) -> Any:
    return client.members.list(limit=50).page()


def fails(client: Client) -> Any:
    return client.members.get(UNKNOWN)


def call_awaited(client: AsyncClient) -> str:
    async def work() -> str:
        return (await client.identity.get()).api_key_id

    return asyncio.run(work())


def pool(how: str) -> None:
    """Clients, rows and errors travel both ways through a pool."""
    with Client() as client:
        expected = call(client)
        with multiprocessing.get_context(how).Pool(2) as workers:
            assert workers.map(call, [client] * 6) == [expected] * 6
            assert workers.apply(count, [client.with_options(max_retries=0)]) == 120
            assert workers.apply(call_awaited, [AsyncClient()]) == expected
            assert workers.apply(row, [client]) == row(client)
            assert workers.apply(rows, [client]) == rows(client)
            try:
                workers.apply(fails, [client])
            except devin_v2.NotFoundError as error:
                assert error.status_code == 404 and error.operation == "members.get" and error.attempts == 1
            else:
                raise AssertionError("no error came")
            workers.close()
            workers.join()
        assert call(client) == expected


def inherited() -> None:
    """A client that was used before the fork, inherited by pool workers."""
    global shared
    shared = Client()
    expected = call(shared)
    with multiprocessing.get_context("fork").Pool(2) as workers:
        assert workers.map(call_shared, range(6)) == [expected] * 6
        workers.close()
        workers.join()
    assert call(shared) == expected


def in_child(work: Any) -> None:
    """Runs `work` in a forked child, which leaves as a normal program does."""
    child = os.fork()
    if child == 0:
        # Ends it if it hangs, whatever it hangs in.
        signal.alarm(20)
        work()
        sys.exit(7)
    for _ in range(3000):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 7, status
            return
        time.sleep(0.01)
    os.kill(child, 9)
    raise AssertionError("the child hangs")


def fork() -> None:
    client, options, awaited = Client(), Client().with_options(max_retries=1), AsyncClient()
    expected = [call(client), count(options), call_awaited(awaited)]

    def work() -> None:
        assert [call(client), count(options), call_awaited(awaited)] == expected

        def deeper() -> None:
            assert call(client) == expected[0]

        in_child(deeper)

    for _ in range(3):
        in_child(work)
        assert call(client) == expected[0]


def fork_unused() -> None:
    """Before anything was sent."""
    client = Client()
    in_child(lambda: call(client))
    call(client)


def fork_in_flight() -> None:
    """While other threads are in the middle of calls."""
    client = Client()
    going = True

    def busy() -> None:
        while going:
            count(client)

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            in_child(lambda: call(client))
    finally:
        going = False
        for thread in threads:
            thread.join()


def fork_with_a_listing() -> None:
    """A list that was begun is refused in the child, and goes on in the parent."""
    client = Client()
    members = client.members.list(limit=50)
    reading = iter(members)
    next(reading)

    def work() -> None:
        for read in (lambda: list(reading), members.page, members.collect, lambda: members.report):
            try:
                read()
            except devin_v2.RefusedError as error:
                assert "fork" in str(error) and error.kind == "refused"
            else:
                raise AssertionError("read")
        assert len(client.members.list(limit=50).collect()) == 120

    in_child(work)
    assert len(list(reading)) == 119


def fork_with_an_awaited_listing() -> None:
    """The same of an async client, in a loop of the child's own."""
    client = AsyncClient()
    members = client.members.list(limit=50)

    async def begin() -> Any:
        reading = aiter(members)
        await anext(reading)
        return reading

    async def go_on(reading: Any) -> None:
        for read in (lambda: anext(reading), members.page, members.collect):
            try:
                await read()
            except devin_v2.RefusedError as error:
                assert "fork" in str(error)
            else:
                raise AssertionError("read")
        assert len(await client.members.list(limit=50).collect()) == 120

    with asyncio.Runner() as runner:
        reading = runner.run(begin())
        in_child(lambda: asyncio.run(go_on(reading)))

        async def rest() -> int:
            return len([row async for row in reading])

        assert runner.run(rest()) == 119


def fork_in_a_loop() -> None:
    """The child leaves the loop alone and makes its own."""
    client = AsyncClient()

    async def main() -> None:
        # A fork may take a while, which is nothing to complain of.
        asyncio.get_running_loop().slow_callback_duration = 60
        before = asyncio.create_task(client.identity.get())
        await asyncio.sleep(0)

        def work() -> None:
            # The parent's loop is running in the child's eyes too.
            asyncio.events._set_running_loop(None)
            assert call_awaited(client)

        in_child(work)
        assert (await before).api_key_id

    asyncio.run(main())


def fork_with_an_emulator() -> None:
    """The server stays the parent's."""
    from devin_v2.testing import Emulator

    with Emulator() as emulator:
        client = emulator.client()

        def work() -> None:
            call(client)
            try:
                emulator.reset()
            except RuntimeError:
                return
            raise AssertionError("an emulator of another process was reset")

        in_child(work)
        assert len(emulator.requests) == 1
        call(client)


def close_in_child() -> None:
    client = Client()
    call(client)
    in_child(client.close)
    call(client)


def other_key() -> None:
    """The key is that of the environment where the client is unpickled, never that of where it was made."""
    key = os.environ.pop("DEVIN_V2_API_KEY")
    sent = pickle.dumps(Client(api_key=key, timeout=9, user_agent_suffix="x/1").with_options(max_retries=1))
    assert key.encode() not in sent and key[9:20].encode() not in sent
    without = pickle.loads(sent)
    assert repr(without) == "Client()"
    for use in (without.identity.get, lambda: without.base_url, lambda: without.with_options(timeout=1)):
        try:
            use()
        except devin_v2.ConfigError as error:
            assert error.field == "api_key"
        else:
            raise AssertionError("there is a key")
    os.environ["DEVIN_V2_API_KEY"] = "apk_user_other"
    assert repr(pickle.loads(sent)) == repr(Client(api_key="apk_user_other"))


def no_key() -> None:
    """Workers without a key: an exception for whoever asked them, and the pool goes on."""
    client = Client(api_key=os.environ.pop("DEVIN_V2_API_KEY"))
    awaited = AsyncClient(api_key="apk_user_x")
    context = multiprocessing.get_context("spawn")

    def check(ask: Any) -> None:
        for work, sent in ((call, client), (call, client.with_options(max_retries=0)), (call_awaited, awaited)):
            try:
                ask(work, sent)
            except devin_v2.ConfigError as error:
                assert error.field == "api_key" and error.kind == "config", error
            else:
                raise AssertionError("there is a key")

    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as executor:
        check(lambda work, sent: executor.submit(work, sent).result(60))
        assert executor.submit(len, "four").result(60) == 4
    with context.Pool(1) as workers:
        check(lambda work, sent: workers.apply_async(work, (sent,)).get(60))
        assert workers.apply_async(len, ("four",)).get(60) == 4
        workers.close()
        workers.join()


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    globals()[name](*arguments)
