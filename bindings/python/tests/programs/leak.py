"""More than 100,000 calls, and what the process's memory grows by. The server is another process; prints MiB."""

from __future__ import annotations

import asyncio
import gc
import pathlib
import resource
import sys

from devin_v2 import AsyncClient, Client, NotFoundError


def memory() -> float:
    """MiB in use now; where the system doesn't say, the most there ever was."""
    gc.collect()
    try:
        pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    return pages * resource.getpagesize() / 2**20


def blocking(count: int) -> None:
    with Client() as client:
        for _ in range(count):
            client.identity.get().to_dict()


def awaited(count: int) -> None:
    async def main() -> None:
        async with AsyncClient() as client:
            for _ in range(count // 100):
                await asyncio.gather(*(client.identity.get() for _ in range(100)))

    asyncio.run(main())


def cancelled(count: int) -> None:
    async def main() -> None:
        async with AsyncClient() as client:
            for _ in range(count // 100):
                tasks = [asyncio.create_task(client.identity.get()) for _ in range(100)]
                await asyncio.sleep(0.001)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(main())


def failing(count: int) -> None:
    with Client() as client:
        for _ in range(count):
            try:
                client.members.get("email|000000000000000000000000")
            except NotFoundError:
                pass


def listing(count: int) -> None:
    """Rows, every field of them."""
    with Client() as client:
        for _ in range(count):
            page = client.sessions.list(limit=100).page()
            for row in page:
                for field in row.__fields__:
                    getattr(row, field.name)
            page.__arrow_c_stream__()
            for _ in client.members.list(limit=50):
                break


def clients(count: int) -> None:
    for _ in range(count):
        with Client() as client:
            client.with_options(timeout=5).identity.get()


# Of each, how many to warm up with, and how many then: over 100,000 together.
PARTS = [
    (blocking, 5_000, 46_000),
    (awaited, 5_000, 43_000),
    (cancelled, 1_000, 5_000),
    (failing, 500, 5_000),
    (listing, 100, 800),
    (clients, 100, 500),
]

total = 0
for work, warm, count in PARTS:
    work(warm)
    before = memory()
    work(count)
    total += count * (2 if work is listing else 1)
    print(f"{work.__name__} {memory() - before:.1f}")
assert total > 100_000, total
