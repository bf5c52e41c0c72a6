"""The coverage gate: every operation of the document, sync and async. `calls.json` is generated from the document."""

from __future__ import annotations

import functools
import inspect
import json
import pathlib
import urllib.parse
from collections.abc import Mapping
from typing import Any

import pytest

import devin_v2
import devin_v2.testing
from devin_v2 import resources
from devin_v2._model import Model

CALLS = json.loads((pathlib.Path(__file__).parent / "calls.json").read_text())
EACH = pytest.mark.parametrize("call", CALLS, ids=[call["operation"] for call in CALLS])


def read(value: Any) -> int:
    """Reads everything that there is of a value, and gives the number of objects in it."""
    if isinstance(value, Model):
        assert repr(value) and value._repr_html_()
        return 1 + sum(read(getattr(value, field.name)) for field in type(value).__fields__)
    if isinstance(value, Mapping):
        return sum(map(read, value.values()))
    if isinstance(value, (tuple, devin_v2.Rows)):
        return sum(map(read, value))
    return 0


def leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(leaves, value.values()))
    if isinstance(value, list):
        return set().union(*map(leaves, value))
    return {value if isinstance(value, str) else json.dumps(value)}


def check_arrived(call: dict[str, Any], emulator: Any) -> None:
    assert emulator.requests, "nothing was sent"
    arguments = dict(call["arguments"])
    path = call["template"]
    for name in call["path"]:
        path = path.replace("{" + name + "}", urllib.parse.quote(arguments.pop(name), safe=""))
    for request in emulator.requests:
        assert (request.method, request.path) == (call["http_method"], path)
    arguments.pop("confirm", None)
    first = emulator.requests[0]
    sent = {value for _, value in urllib.parse.parse_qsl(first.query or "", keep_blank_values=True)}
    if first.body:
        sent |= leaves(json.loads(first.body))
    assert leaves(arguments) <= sent, "not every argument was sent"


def check_answer(answer: Any) -> None:
    assert answer is None or isinstance(answer, (Model, devin_v2.Rows, str))
    if isinstance(answer, devin_v2.Rows):
        assert not answer.bad_rows
        # Every example of a list finds something, so that rows are read at all.
        assert len(answer) > 0
    assert read(answer) > 0 or not isinstance(answer, (Model, devin_v2.Rows)) or not isinstance(answer[0], Model)


def test_the_list_of_calls_is_that_of_the_operations() -> None:
    names = [operation.name for operation in devin_v2.operations()]
    assert sorted(names) == sorted(call["operation"] for call in CALLS)
    assert len(set(names)) == len(names) == 58


@EACH
def test_what_operations_tells(call: dict[str, Any]) -> None:
    [operation] = [operation for operation in devin_v2.operations() if operation.name == call["operation"]]
    assert (operation.resource, operation.method) == (call["resource"], call["method"])
    assert (operation.http_method, operation.path, operation.paged) == (
        call["http_method"],
        call["template"],
        call["paged"],
    )
    assert operation.summary and operation.kind in ("read", "write", "destructive", "bulk-destructive")
    assert (operation.confirm is not None) == ("confirm" in call["all_arguments"])


@EACH
def test_sync(call: dict[str, Any], emulator: Any, client: devin_v2.Client) -> None:
    method = getattr(getattr(client, call["resource"]), call["method"])
    answer = method(**call["arguments"])
    if call["paged"]:
        assert isinstance(answer, devin_v2.Listing)
        answer = answer.page()
    check_answer(answer)
    check_arrived(call, emulator)


@EACH
def test_async(call: dict[str, Any], emulator: Any, in_loop: Any) -> None:
    async def work(client: devin_v2.AsyncClient) -> Any:
        answer = getattr(getattr(client, call["resource"]), call["method"])(**call["arguments"])
        if call["paged"]:
            assert isinstance(answer, devin_v2.AsyncListing)
            return await answer.page()
        return await answer

    check_answer(in_loop(work))
    check_arrived(call, emulator)


@EACH
def test_signature(call: dict[str, Any]) -> None:
    names = call["all_arguments"] + (["progress"] if call["paged"] else [])
    for bundle in (resources.Resources, resources.AsyncResources):
        method = methods_of(bundle)[call["operation"]]
        parameters = dict(inspect.signature(method).parameters)
        del parameters["self"]
        assert list(parameters) == names
        for name, parameter in parameters.items():
            # What is in the path and a whole body are given by position or by name, all else by name alone.
            by_position = parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            assert by_position == (name in call["path"] or (name == "body" and "title" not in names)), name
            if name in call["arguments"] and by_position:
                assert parameter.default is inspect.Parameter.empty
            elif parameter.default is not inspect.Parameter.empty:
                assert parameter.default is (False if name == "progress" else devin_v2.NOT_GIVEN), name


@functools.cache
def methods_of(bundle: type) -> dict[str, Any]:
    """The methods of all resources by `resource.method`."""
    found = {}
    with devin_v2.testing.Emulator(members=1, sessions=0) as emulator:
        made = emulator.async_client() if bundle is resources.AsyncResources else emulator.client()
        for resource in {operation.resource for operation in devin_v2.operations()}:
            for name, method in vars(type(getattr(made, resource))).items():
                if not name.startswith("_"):
                    found[f"{resource}.{name}"] = method
    return found


def test_both_clients_have_the_same_methods() -> None:
    sync, awaited = methods_of(resources.Resources), methods_of(resources.AsyncResources)
    assert set(sync) == set(awaited) == {call["operation"] for call in CALLS}
    for name, method in sync.items():
        other = awaited[name]
        parameters = [inspect.signature(one).parameters for one in (method, other)]
        assert list(parameters[0].values()) == list(parameters[1].values()), name
        docs = [inspect.getdoc(one).split("Example:")[0] for one in (method, other)]
        assert docs[0] == docs[1] and docs[0], name
        for argument in parameters[0]:
            assert argument == "self" or f"\n    {argument}: " in docs[0], f"{name} does not explain {argument}"
