"""A program that ends while something is under way ends at once, and says nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest

CASES = [
    "unclosed",
    "looping_thread",
    "pending_task",
    "half_read",
    "error_at_the_end",
    "in_destructor",
    "closed_twice",
]


@pytest.mark.parametrize("case", CASES)
def test_exit(case: str, program: Any) -> None:
    began = time.monotonic()
    done = program("exit.py", case, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    # Requests in flight would take a minute.
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("case", ["thread", "reading_thread", "busy_threads", "busy_loop"])
def test_exit_many_times(case: str, program: Any) -> None:
    """What comes back at the very moment that the interpreter ends hits one run in a few."""
    for _ in range(12):
        done = program("exit.py", case, timeout=30)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_calls_of_exit_handlers(program: Any) -> None:
    done = program("exit.py", "at_exit", timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "called\n", "")
