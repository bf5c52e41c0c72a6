"""Asyncio: listings, cancelling, several loops."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from typing import Any

import pytest
import trio

import devin_v2
from devin_v2 import AsyncClient, Client, RefusedError
from devin_v2.testing import Emulator

MEMBERS = "/v2/enterprise/members"


async def arrived(emulator: Emulator, count: int = 1) -> None:
    """Waits until so many requests came."""
    for _ in range(500):
        if len(emulator.requests) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"only {len(emulator.requests)} requests came")


def hang(emulator: Emulator, times: int = 1) -> None:
    emulator.fault(delay=30, path="/v2/enterprise/roles", times=times)


def test_async_for(emulator: Emulator, in_loop: Any) -> None:
    async def work(client: AsyncClient) -> None:
        members = client.members.list(limit=50)
        assert repr(members) == "<AsyncListing members.list>" and members
        assert emulator.requests == []
        with pytest.raises(TypeError):
            len(members)
        rows = [row async for row in members]
        assert len({row.user_id for row in rows}) == len(rows) == 120 == len(members)
        assert members.report.complete and members.report.pages == 3
        assert list(await members.collect()) == rows

    in_loop(work)


def test_pages(in_loop: Any) -> None:
    async def work(client: AsyncClient) -> None:
        for listing in (
            client.members.list(limit=50),
            client.api_keys.list(per_page=2),
            client.audit_logs.list(limit=20),
        ):
            page = await listing.page()
            assert page.has_more and page.next and isinstance(page, devin_v2.Page)
            rows = await listing.collect()
            assert rows.report is not None and rows.report.complete and list(rows[: len(page)]) == list(page)

    in_loop(work)


def test_break(emulator: Emulator, in_loop: Any) -> None:
    async def work(client: AsyncClient) -> None:
        async for row in client.members.list(limit=1):
            assert row.user_id
            break
        await asyncio.sleep(0.1)
        count = len(emulator.requests)
        assert count <= 4
        await asyncio.sleep(0.2)
        assert len(emulator.requests) == count

    in_loop(work, prefetch=1)


def test_a_failed_page(emulator: Emulator, in_loop: Any) -> None:
    emulator.fault("status", status=404, path=MEMBERS, query={"skip": "50"})

    async def work(client: AsyncClient) -> None:
        with pytest.raises(devin_v2.NotFoundError) as caught:
            await client.members.list(limit=50).collect()
        partial = caught.value.partial
        assert partial is not None and len(partial) == 50 and partial.report is not None
        rest = await client.members.list(limit=50, resume=partial.report.resume).collect()
        assert len({row.user_id for row in [*partial, *rest]}) == 120

    in_loop(work)


def test_progress(in_loop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[devin_v2.Report] = []

    async def work(client: AsyncClient) -> None:
        await client.members.list(limit=50, progress=told.append).collect()
        await client.members.list(limit=50, progress=True).collect()

    in_loop(work)
    assert told[0].seen == 50 and told[-1].seen == 120 and told[-1].complete and len(told) < 10
    assert "120/120" in capsys.readouterr().err


def test_cancelled_before_it_began(emulator: Emulator, in_loop: Any) -> None:
    async def work(client: AsyncClient) -> None:
        task = asyncio.create_task(client.roles.list())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.1)
        assert emulator.requests == []

    in_loop(work)


def dropped(how: str, emulator: Emulator, in_loop: Any) -> None:
    hang(emulator)

    async def work(client: AsyncClient) -> None:
        if how == "cancel":
            task = asyncio.create_task(client.roles.list())
            await arrived(emulator)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        elif how == "wait_for":
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.roles.list(), 0.1)
        elif how == "timeout":
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await client.roles.list()
        else:
            with pytest.raises(ExceptionGroup) as caught:
                async with asyncio.TaskGroup() as group:
                    group.create_task(client.roles.list())
                    await arrived(emulator)
                    raise KeyError("mine")
            assert isinstance(caught.value.exceptions[0], KeyError)
        # There is one place for requests: it is free again.
        async with asyncio.timeout(5):
            assert len(await client.roles.list()) > 0

    in_loop(work, max_concurrency=1)


@pytest.mark.parametrize("how", ["cancel", "wait_for", "timeout", "group"])
def test_cancelling_drops_the_request(how: str, emulator: Emulator, in_loop: Any) -> None:
    dropped(how, emulator, in_loop)


def test_a_request_that_is_dropped_closes_its_connection() -> None:
    async def main() -> None:
        gone = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # Never answers; the end of what the client sends is the end of the connection.
            await reader.read()
            gone.set()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, AsyncClient(base_url=url, api_key="apk_user_x") as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.roles.list(), 0.1)
            await asyncio.wait_for(gone.wait(), 5)

    asyncio.run(main(), debug=True)


def test_cancelling_a_listing_loses_no_row(emulator: Emulator, in_loop: Any) -> None:
    emulator.fault(delay=0.3, path=MEMBERS, query={"skip": "50"})

    async def work(client: AsyncClient) -> None:
        members = client.members.list(limit=50)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                async for _ in members:
                    pass
        assert members.report.seen == 50 and not members.report.complete
        rest = await client.members.list(limit=50, resume=members.report.resume).collect()
        assert len(rest) == 70
        assert len(await members.collect()) == 120

    in_loop(work)


def test_cancelling_collect(emulator: Emulator, in_loop: Any) -> None:
    emulator.fault(delay=30, path=MEMBERS)

    async def work(client: AsyncClient) -> None:
        members = client.members.list(limit=50)
        task = asyncio.create_task(members.collect())
        await arrived(emulator)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(await members.collect()) == 120

    in_loop(work)


def test_many_at_a_time(in_loop: Any) -> None:
    async def work(client: AsyncClient) -> None:
        answers = await asyncio.gather(*(client.identity.get() for _ in range(1000)))
        assert len(set(answers)) == 1
        lists = await asyncio.gather(*(client.members.list(limit=50).collect() for _ in range(20)))
        assert all(len(rows) == 120 for rows in lists)

    in_loop(work)


def test_half_of_many_cancelled(emulator: Emulator, in_loop: Any) -> None:
    async def work(client: AsyncClient) -> None:
        tasks = [asyncio.create_task(client.identity.get()) for _ in range(400)]
        await asyncio.sleep(0.005)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, devin_v2.types.Identity) for result in results[1::2])
        assert all(isinstance(result, (devin_v2.types.Identity, asyncio.CancelledError)) for result in results)

    in_loop(work)


def test_requests_are_in_flight_together(emulator: Emulator, in_loop: Any) -> None:
    emulator.fault(delay=0.3, path="/v2/enterprise/roles", times=None)

    async def work(client: AsyncClient) -> None:
        began = time.monotonic()
        await asyncio.gather(*(client.roles.list() for _ in range(10)))
        assert time.monotonic() - began < 2, "one after the other they take 3 s"

    in_loop(work)


def test_the_loop_runs_while_a_call_waits(emulator: Emulator, in_loop: Any) -> None:
    emulator.fault(delay=0.5, path="/v2/enterprise/roles")

    async def work(client: AsyncClient) -> None:
        task = asyncio.create_task(client.roles.list())
        turns = 0
        while not task.done():
            await asyncio.sleep(0.01)
            turns += 1
        assert turns > 10

    in_loop(work)


def test_two_loops_in_two_threads(emulator: Emulator) -> None:
    client = emulator.async_client()
    results: list[Any] = []

    async def work() -> None:
        for _ in range(20):
            results.extend(await asyncio.gather(*(client.identity.get() for _ in range(10))))

    threads = [threading.Thread(target=lambda: asyncio.run(work(), debug=True)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 400 and len(set(results)) == 1


def test_one_loop_after_the_other(emulator: Emulator) -> None:
    client = emulator.async_client()

    async def work() -> Any:
        return await client.identity.get()

    assert asyncio.run(work()) == asyncio.run(work())


def test_a_loop_that_is_closed_meanwhile(emulator: Emulator, client: Client) -> None:
    hang(emulator)
    awaited = emulator.async_client()
    loop = asyncio.new_event_loop()
    task = loop.create_task(awaited.roles.list())
    loop.run_until_complete(arrived(emulator))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
    assert client.identity.get().user_id


def test_the_blocking_client_in_a_running_loop(client: Client) -> None:
    async def main() -> None:
        assert client.identity.get().user_id
        assert len(client.members.list(limit=50).collect()) == 120

    asyncio.run(main())


def test_in_threads_of_a_loop(client: Client) -> None:
    async def main() -> None:
        answers = await asyncio.gather(*(asyncio.to_thread(client.identity.get) for _ in range(20)))
        assert len(set(answers)) == 1

    asyncio.run(main())


def test_without_a_loop(emulator: Emulator) -> None:
    call = emulator.async_client().identity.get()
    assert inspect.iscoroutine(call)
    with pytest.raises(RefusedError, match="asyncio event loop"):
        call.send(None)
    assert emulator.requests == []


def test_trio(emulator: Emulator) -> None:
    """The error says what to do, and that works."""
    client = emulator.client()

    async def main() -> None:
        async with emulator.async_client() as awaited:
            for use in (awaited.identity.get, awaited.members.list().page, awaited.members.list().collect):
                with pytest.raises(RefusedError, match="anyio.*backend='asyncio'") as caught:
                    await use()
                assert caught.value.__cause__ is None and caught.value.kind == "refused"
            with pytest.raises(RefusedError, match="trio"):
                async for _ in awaited.members.list():
                    pass
        assert (await trio.to_thread.run_sync(client.identity.get)).user_id

    trio.run(main)
