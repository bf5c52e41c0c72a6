"""Threads share a client, and others run while one waits."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from devin_v2 import Client
from devin_v2.testing import Emulator


def test_a_shared_client(client: Client) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.identity.get(), range(500)))
        lists = list(pool.map(lambda _: client.members.list(limit=50).collect(), range(20)))
    assert len(answers) == 500 and len(set(answers)) == 1
    assert all(rows == lists[0] and len(rows) == 120 for rows in lists)


def test_a_shared_row(client: Client) -> None:
    for _ in range(20):
        row = client.sessions.list(limit=1).page()[0]
        start = threading.Barrier(8)

        def read(row: Any = row, start: threading.Barrier = start) -> tuple[Any, ...]:
            start.wait(10)
            return tuple(getattr(row, field.name) for field in type(row).__fields__)

        with ThreadPoolExecutor(8) as pool:
            assert len({future.result() for future in [pool.submit(read) for _ in range(8)]}) == 1


def test_a_shared_iterator_gives_each_row_once(client: Client) -> None:
    reading = iter(client.sessions.list(limit=50))
    rows: list[Any] = []

    def read() -> None:
        for row in reading:
            rows.append(row)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert len({row.session_id for row in rows}) == len(rows) == len(client.sessions.list().collect())


def test_others_run_while_one_waits(emulator: Emulator, client: Client) -> None:
    emulator.fault(delay=1, path="/v2/enterprise/roles")
    waiting = threading.Thread(target=client.roles.list)
    waiting.start()
    turns = 0
    while waiting.is_alive():
        turns += 1
    # Blocked for the whole time this thread would have had a turn or two.
    assert turns > 1000


def test_others_run_while_one_waits_for_a_page(emulator: Emulator, client: Client) -> None:
    emulator.fault(delay=1, path="/v2/enterprise/members")
    waiting = threading.Thread(target=lambda: list(client.members.list()))
    waiting.start()
    turns = 0
    while waiting.is_alive():
        turns += 1
    assert turns > 1000


def test_closing_while_another_thread_calls(emulator: Emulator) -> None:
    emulator.fault(delay=0.3, path="/v2/enterprise/roles")
    client = emulator.client()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.roles.list)
        while not emulator.requests:
            pass
        client.close()
        assert len(call.result(10)) > 0, "what is in flight ends as usual"
