"""Importing loads little."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

CODE = """
import sys
before = set(sys.modules)
import devin_v2
new = {name.partition(".")[0] for name in set(sys.modules) - before}
foreign = new - set(sys.stdlib_module_names) - {"devin_v2", "_interpreters", "_xxsubinterpreters"}
assert not foreign, foreign
heavy = {"asyncio", "pandas", "polars", "pyarrow", "tqdm", "typing_extensions", "multiprocessing", "http"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
with devin_v2.Client(api_key="apk_user_x") as client:
    client.members.list()
assert "asyncio" not in sys.modules
"""


def test_import() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-X", "dev", "-c", CODE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_subinterpreters(program: Any) -> None:
    """Refused, with the reason and the remedy; the main interpreter is not affected."""
    done = program("subinterpreter.py")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first == second
    assert "does not support subinterpreters" in first and "threads or processes" in first


def test_everything_that_is_named_is_there() -> None:
    import devin_v2
    from devin_v2 import errors, testing, types

    for module in (devin_v2, errors, testing, types):
        for name in module.__all__:
            named = getattr(module, name)
            assert name in ("NOT_GIVEN", "SessionStatus") or named.__doc__, name
    assert devin_v2.__version__.count(".") == 2
