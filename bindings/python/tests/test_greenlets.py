"""gevent and eventlet."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

CASES = [
    "calls",
    "together",
    "timeout",
    "interrupt",
    "in_destructor",
    "native_thread",
    "many",
]


@pytest.mark.parametrize("library", ["gevent", "eventlet"])
@pytest.mark.parametrize("case", CASES)
def test_patched(case: str, library: str, program: Any) -> None:
    # Both warn of what they use themselves.
    done = program("greenlets.py", library, case, timeout=30, options=("-W", "ignore"))
    # gevent reports an interrupt itself.
    said = "" if case == "interrupt" else done.stderr
    assert (done.returncode, done.stdout, said) == (0, "end\n", "")


@pytest.mark.parametrize("library", ["gevent", "eventlet"])
def test_the_end_of_a_program_with_calls_under_way(library: str, program: Any) -> None:
    began = time.monotonic()
    done = program("greenlets.py", library, "interrupted", timeout=30, options=("-W", "ignore"))
    assert (done.returncode, done.stderr) == (0, "")
    # Requests in flight would take half a minute.
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("module", ["gevent.monkey", "eventlet.patcher"])
def test_imported_alone(module: str) -> None:
    """Without the patch nothing changes."""
    text = f"""
import threading, warnings
warnings.simplefilter("ignore")
import {module}
from devin_v2._base import green
from devin_v2.testing import Emulator
with Emulator() as emulator:
    client = emulator.client()
    assert green() is None
    assert client.identity.get().user_id and len(client.members.list().collect()) == 120
    threads = [threading.Thread(target=client.identity.get) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""
    done = subprocess.run([sys.executable, "-P", "-c", text], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
