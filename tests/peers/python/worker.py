"""One client in a process of its own: `worker.py NAME URL KEY`. Takes a figure's name a line, answers in JSON.

So no client shares an interpreter with another one, with its objects for the collector to walk through.
"""

from __future__ import annotations

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

import clients

SECONDS_ASYNC = 0.6


def memory(line: str) -> float:
    """MiB from a line of this process's status. `ru_maxrss` would count what the process was before it became this."""
    with open("/proc/self/status") as status:
        return next(int(text.split()[1]) for text in status if text.startswith(line)) / 1024


class Figures:
    def __init__(self, name: str, url: str, key: str) -> None:
        self.client = clients.make(name, url, key)
        self.runner = asyncio.Runner()

    def check(self) -> Any:
        """Warms up, and tells what it reads."""
        for _ in range(20):
            assert self.client.identity() == "admin@example.com"
        self.runner.run(self.in_flight(0.1))
        rows, next_skip = self.client.page(200)
        self.client.read(rows)
        return [next_skip, [self.client.values(row) for row in rows]]

    def latency(self) -> list[float]:
        """Seconds of each of 150 calls."""
        times = []
        for _ in range(150):
            start = perf_counter()
            self.client.identity()
            times.append(perf_counter() - start)
        return times

    def throughput(self) -> list[float]:
        """Seconds per call, 50 calls in flight."""
        return [self.runner.run(self.in_flight(SECONDS_ASYNC))]

    async def in_flight(self, seconds: float) -> float:
        calls = 0
        start = perf_counter()

        async def one_after_another() -> None:
            nonlocal calls
            while perf_counter() - start < seconds:
                await self.client.identity_async()
                calls += 1

        await asyncio.gather(*(one_after_another() for _ in range(clients.IN_FLIGHT)))
        return (perf_counter() - start) / calls

    def page(self) -> list[tuple[float, float]]:
        """Seconds until the page is there, and until every field was read, of each of 12 pages."""
        times = []
        for turn in range(12):
            start = perf_counter()
            rows, _ = self.client.page(turn * clients.LIMIT)
            come = perf_counter()
            self.client.read(rows)
            times.append((come - start, perf_counter() - start))
        return times

    def pages(self, count: str) -> float:
        """Seconds for all rows, or for the first `count` pages."""
        start = perf_counter()
        rows = self.client.collect(None if count == "all" else int(count))
        seconds = perf_counter() - start
        assert len(rows) == (100_000 if count == "all" else int(count) * clients.LIMIT)
        return seconds


def held(name: str, url: str, key: str) -> list[float]:
    """MiB at the peak above what the imports took: with 100,000 rows held, then with every field of them read."""
    clients.load(name)
    before = memory("VmRSS")
    client = clients.make(name, url, key)
    rows = client.collect()
    unread = memory("VmHWM") - before
    client.read(rows)
    assert len(rows) == 100_000
    return [unread, memory("VmHWM") - before]


def main() -> None:
    name, url, key, *figure = sys.argv[1:]
    if figure == ["held"]:
        print(json.dumps(held(name, url, key)))
        return
    figures = Figures(name, url, key)
    for line in sys.stdin:
        what, *arguments = line.split()
        print(json.dumps(getattr(figures, what)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
