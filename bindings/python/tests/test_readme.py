"""Every Python block of the package's README runs as it stands, with a `client` and an `emulator` at hand."""

from __future__ import annotations

import ast
import asyncio
import inspect
import pathlib
import re

import pytest

from devin_v2 import Client
from devin_v2.testing import Emulator

PACKAGE = pathlib.Path(__file__).parents[1]
READMES = {"package": PACKAGE / "README.md", "project": PACKAGE.parents[1] / "README.md"}


def blocks() -> list[object]:
    found = []
    for name, path in READMES.items():
        text = path.read_text(encoding="utf-8")
        for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            title = (re.findall(r"^#+ (.*)$", text[: block.start()], re.MULTILINE) or ["top"])[-1]
            # At its own place, so that a traceback names the line.
            code = "\n" * text[: block.start(1)].count("\n") + block[1]
            found.append(pytest.param(code, id=f"{name}-{title}"))
    return found


BLOCKS = blocks()


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 10


@pytest.mark.parametrize("block", BLOCKS)
def test_block(block: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVIN_V2_BASE_URL", emulator.url)
    monkeypatch.setenv("DEVIN_V2_API_KEY", emulator.api_key)
    code = compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    namespace = {"client": Client(), "emulator": emulator, "__name__": "__main__"}
    running = eval(code, namespace)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(running)
