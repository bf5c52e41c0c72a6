"""Every example in the docstrings of operations runs as it stands."""

from __future__ import annotations

import ast
import asyncio
import doctest
import inspect
from typing import Any

import pytest
from test_operations import CALLS, methods_of

from devin_v2 import resources

FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
EACH = pytest.mark.parametrize("name", [call["operation"] for call in CALLS])


def examples(method: Any) -> list[Any]:
    found = doctest.DocTestParser().get_examples(inspect.getdoc(method))
    assert found, "there is no example"
    return [compile(example.source, f"<example of {method.__qualname__}>", "exec", flags=FLAGS) for example in found]


@EACH
def test_sync(name: str, client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    namespace = {"client": client}
    for code in examples(methods_of(resources.Resources)[name]):
        assert not code.co_flags & inspect.CO_COROUTINE
        exec(code, namespace)
    assert capsys.readouterr().out.strip(), "the example shows nothing"


@EACH
def test_async(name: str, in_loop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    codes = examples(methods_of(resources.AsyncResources)[name])

    async def work(client: Any) -> None:
        namespace = {"client": client, "asyncio": asyncio}
        for code in codes:
            running = eval(code, namespace)
            if code.co_flags & inspect.CO_COROUTINE:
                await running

    in_loop(work)
    assert capsys.readouterr().out.strip(), "the example shows nothing"
