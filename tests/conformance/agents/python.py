"""Python's part in the scenarios: calls by name, as lines of JSON. `python.py sync` or `python.py async`."""

from __future__ import annotations

import _thread
import asyncio
import json
import sys
import threading
from collections.abc import Mapping
from typing import Any

import devin_v2
from devin_v2.errors import DevinError

TIMES = {"timeout", "attempt_timeout", "retry_base_delay", "max_retry_after"}


def settings(given: dict[str, Any]) -> dict[str, Any]:
    """Python counts in seconds."""
    return {name: value / 1000 if name in TIMES else value for name, value in given.items()}


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
    }


def page(of: Any) -> dict[str, Any]:
    told = {name: getattr(of, name) for name in ("total", "skip", "limit", "has_more", "next")}
    return {"rows": rows(of), "bad_rows": bad(of.bad_rows), **told}


def collected(of: Any) -> dict[str, Any]:
    return {"rows": rows(of), "report": report(of.report)}


def answered(of: Any) -> dict[str, Any]:
    if isinstance(of, devin_v2.Rows):
        return {"rows": rows(of), "bad_rows": bad(of.bad_rows)}
    return {"value": plain(of)}


def interrupted(error: BaseException) -> dict[str, Any]:
    partial = getattr(error, "partial", None)
    return {"error": failed(error), **(collected(partial) if partial is not None else {})}


def method(client: Any, asked: dict[str, Any]) -> Any:
    resource, _, name = asked["operation"].partition(".")
    return getattr(getattr(client.with_options(**settings(asked["options"])), resource), name)


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


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
    """Calls on the main thread, since that is where Ctrl-C arrives, which is how a blocking call is cancelled."""
    arrived = threading.Semaphore(0)
    asked: list[dict[str, Any]] = []

    def read() -> None:
        for line in sys.stdin:
            one = json.loads(line)
            if one["do"] == "cancel":
                _thread.interrupt_main()
            else:
                asked.append(one)
                arrived.release()
        asked.append({"do": "end"})
        arrived.release()

    threading.Thread(target=read, daemon=True).start()
    client: Any = None
    while True:
        arrived.acquire()
        one = asked.pop(0)
        if one["do"] == "end":
            return
        if one["do"] == "client":
            client = devin_v2.Client(**settings(one["settings"]))
            say({})
        else:
            say(call(client, one))


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
    task: asyncio.Task[dict[str, Any]] | None = None
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        one = json.loads(line)
        if one["do"] == "client":
            client = devin_v2.AsyncClient(**settings(one["settings"]))
            say({})
        elif one["do"] == "cancel":
            if task is not None:
                task.cancel()
        elif one["cancelled"]:
            task = asyncio.create_task(call_async(client, one))
            task.cancel()
            try:
                say(await task)
            except asyncio.CancelledError as error:
                say({"error": failed(error)})
        else:
            task = asyncio.create_task(call_async(client, one))
            task.add_done_callback(lambda done: say(done.result()))


if __name__ == "__main__":
    if sys.argv[1] == "sync":
        listen_sync()
    else:
        asyncio.run(listen_async())
