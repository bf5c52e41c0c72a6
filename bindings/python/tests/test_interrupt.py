"""Ctrl-C, with a real SIGINT."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("case", ["call", "request", "page", "loop", "collect", "table", "retry", "async"])
def test_interrupt(case: str, program: Any) -> None:
    done = program("interrupt.py", case, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    # 0.1 s is promised; a machine under load may take its time, but the request would take 30.
    assert float(done.stdout) < 1
