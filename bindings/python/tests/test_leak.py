"""Memory after 100,000 calls."""

from __future__ import annotations

import subprocess
import sys

from conftest import TESTS

# Allocators keep some of what they were given back.
LIMIT = 16.0


def test_nothing_leaks(server: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", str(TESTS / "programs" / "leak.py")],
        env=server,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    growth = {name: float(number) for name, number in (line.split() for line in done.stdout.splitlines())}
    assert len(growth) == 6
    assert all(number < LIMIT for number in growth.values()), growth
