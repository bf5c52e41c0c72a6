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
    "in_destructor_first_call",
    "in_destructor_beside_threads",
    "in_destructor_listing",
    "in_destructor_awaited",
    "in_destructor_emulator",
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


@pytest.mark.parametrize(
    "case", ["at_exit", "joined_by_an_earlier_handler", "joined_by_a_later_handler", "handlers_cleared"]
)
def test_calls_of_exit_handlers(case: str, program: Any) -> None:
    done = program("exit.py", case, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "called\n", "")
