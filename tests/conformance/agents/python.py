"""Python's part in the scenarios: calls by name, as lines of JSON. `python.py sync` or `python.py async`."""

from __future__ import annotations

import _thread
import asyncio
import functools
import json
import logging
import pickle
import sys
import threading
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import devin_v2
from devin_v2.errors import ConfigError, DevinError

TIMES = {"timeout", "attempt_timeout", "connect_timeout", "retry_base_delay", "max_retry_after"}


def settings(given: dict[str, Any]) -> dict[str, Any]:
    """Python counts in seconds."""
    return {name: value / 1000 if name in TIMES else value for name, value in given.items()}


def shown(of: Any) -> dict[str, str]:
    """All that Python makes text of without being asked for a field."""
    told = {"str": str(of), "repr": repr(of), "format": f"{of}"}
    if html := getattr(of, "_repr_html_", None):
        told["html"] = html()
    if isinstance(of, BaseException):
        # With the variables of frames, as error trackers keep them, where a client is made: it is given the key. What a
        # call is given stands in the caller's own frames too.
        trace = traceback.TracebackException.from_exception(of, capture_locals=isinstance(of, ConfigError))
        told["traceback"] = "".join(trace.format(chain=True))
        told["args"] = repr(of.args)
    if isinstance(of, (devin_v2.Client, devin_v2.AsyncClient)):
        told["vars"] = repr(vars(of))
    if isinstance(of, (devin_v2.Client, devin_v2.AsyncClient, DevinError)):
        for protocol in (0, pickle.HIGHEST_PROTOCOL):
            try:
                told[f"pickle {protocol}"] = pickle.dumps(of, protocol).decode("latin-1")
            except TypeError as refused:
                told[f"pickle {protocol}"] = str(refused)
    return told


def plain(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def rows(of: Any) -> list[Any]:
    return [plain(row) for row in of]


def bad(of: Any) -> list[dict[str, Any]]:
    return [{"index": row.index, "path": row.path, "reason": row.reason} for row in of]


def report(of: Any) -> dict[str, Any]:
    told = {name: getattr(of, name) for name in type(of).__slots__}
    return {**told, "bad_rows": bad(of.bad_rows)}


def failed(error: BaseException) -> dict[str, Any]:
    if not isinstance(error, DevinError):
        return {"kind": "cancelled", "message": str(error)}
    return {
        "kind": error.kind,
        "message": str(error),
        "operation": error.operation,
        "field": error.field,
        "status": error.status_code,
        "attempts": error.attempts,
        "retry_after": None if error.retry_after is None else round(error.retry_after * 1000),
        "detail": error.detail,
        "body": None if error.body is None else error.body.decode(errors="replace"),
        "shown": shown(error),
    }


def page(of: Any) -> dict[str, Any]:
    told = {name: getattr(of, name) for name in ("total", "skip", "limit", "has_more", "next")}
    return {"rows": rows(of), "bad_rows": bad(of.bad_rows), **told, "shown": shown(of)}


def collected(of: Any) -> dict[str, Any]:
    return {"rows": rows(of), "report": report(of.report), "shown": shown(of)}


def answered(of: Any) -> dict[str, Any]:
    if isinstance(of, devin_v2.Rows):
        return {"rows": rows(of), "bad_rows": bad(of.bad_rows), "shown": shown(of)}
    return {"value": plain(of), "shown": shown(of)}


def interrupted(error: BaseException) -> dict[str, Any]:
    partial = getattr(error, "partial", None)
    return {"error": failed(error), **(collected(partial) if partial is not None else {})}


def method(client: Any, asked: dict[str, Any]) -> Any:
    resource, _, name = asked["operation"].partition(".")
    return getattr(getattr(client.with_options(**settings(asked["options"])), resource), name)


saying = threading.Lock()


def say(answer: dict[str, Any]) -> None:
    with saying:
        print(json.dumps(answer), flush=True)


def connected(kind: Any, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    given = settings(given)
    if given.pop("no_proxy", False):
        given["proxy"] = None
    try:
        client = kind(**given)
    except DevinError as error:
        # Its frame holds what the caller gave, which is no text of the package's.
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        return None, {"error": failed(error)}
    return client, {"shown": shown(client)}


def call(client: devin_v2.Client, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        made = method(client, asked)(**asked["arguments"])
        if not isinstance(made, devin_v2.Listing):
            return answered(made)
        if asked["as"] == "items":
            found = []
            try:
                for row in made:
                    found.append(row)
            except (DevinError, KeyboardInterrupt) as error:
                return {"rows": rows(found), "report": report(made.report), "error": failed(error)}
            return {"rows": rows(found), "report": report(made.report)}
        return collected(made.collect()) if asked["as"] == "collect" else page(made.page())
    except (DevinError, KeyboardInterrupt) as error:
        return interrupted(error)


def listen_sync() -> None:
    """Calls on the main thread, since that is where Ctrl-C arrives, which is how a blocking call is cancelled; on other
    threads while it is busy."""
    arrived = threading.Condition()
    asked: list[dict[str, Any]] = []
    others = ThreadPoolExecutor(64)
    client: Any = None
    busy = 0

    def answer(one: dict[str, Any]) -> None:
        say({"id": one["id"], **call(client, one)})

    def read() -> None:
        nonlocal busy
        for line in sys.stdin:
            one = json.loads(line)
            if one["do"] == "cancel":
                if busy == one["id"]:
                    _thread.interrupt_main()
                continue
            with arrived:
                if busy:
                    others.submit(answer, one)
                    continue
                busy = one.get("id", -1)
                asked.append(one)
                arrived.notify()
        with arrived:
            asked.append({"do": "end"})
            arrived.notify()

    threading.Thread(target=read, daemon=True).start()
    while True:
        with arrived:
            arrived.wait_for(lambda: asked)
            one = asked.pop(0)
        if one["do"] == "end":
            return
        if one["do"] == "client":
            client, told = connected(devin_v2.Client, one["settings"])
        else:
            told = {"id": one["id"], **call(client, one)}
        # Before the answer is heard: what is asked next is for this thread.
        busy = 0
        say(told)


async def call_async(client: devin_v2.AsyncClient, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        made = method(client, asked)(**asked["arguments"])
        if not isinstance(made, devin_v2.AsyncListing):
            return answered(await made)
        if asked["as"] == "items":
            found = []
            try:
                async for row in made:
                    found.append(row)
            except (DevinError, asyncio.CancelledError) as error:
                return {"rows": rows(found), "report": report(made.report), "error": failed(error)}
            return {"rows": rows(found), "report": report(made.report)}
        return collected(await made.collect()) if asked["as"] == "collect" else page(await made.page())
    except (DevinError, asyncio.CancelledError) as error:
        return interrupted(error)


async def listen_async() -> None:
    loop = asyncio.get_running_loop()
    client: Any = None
    tasks: dict[int, asyncio.Task[dict[str, Any]]] = {}

    def answer(number: int, task: asyncio.Task[dict[str, Any]]) -> None:
        del tasks[number]
        # One that was cancelled before it began has nothing to say itself.
        told = {"error": failed(asyncio.CancelledError())} if task.cancelled() else task.result()
        say({"id": number, **told})

    while line := await loop.run_in_executor(None, sys.stdin.readline):
        one = json.loads(line)
        if one["do"] == "client":
            client, told = connected(devin_v2.AsyncClient, one["settings"])
            say(told)
        elif one["do"] == "cancel":
            if task := tasks.get(one["id"]):
                task.cancel()
        else:
            task = tasks[one["id"]] = asyncio.create_task(call_async(client, one))
            task.add_done_callback(functools.partial(answer, one["id"]))
            if one["cancelled"]:
                task.cancel()


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.NOTSET)
    if sys.argv[1] == "sync":
        listen_sync()
    else:
        asyncio.run(listen_async())
