"""No key in any output."""

from __future__ import annotations

import asyncio
import copy
import io
import logging
import pickle
import traceback
from typing import Any

import pytest

import devin_v2
from devin_v2 import AsyncClient, Client, Secret
from devin_v2.testing import Emulator

HEAD = "CANARY"
KEY = f"apk_user_{HEAD}9f8e7d6c5b4a39281706f5e4d3c2b1a0"


def clean(*texts: object) -> None:
    for text in texts:
        shown = text if isinstance(text, str) else str(text)
        assert HEAD not in shown and KEY[-8:] not in shown, shown[:200]


def everything(value: Any, seen: set[int] | None = None) -> list[str]:
    """The texts of all that is reachable by attributes."""
    seen = set() if seen is None else seen
    if id(value) in seen or len(seen) > 5000:
        return []
    seen.add(id(value))
    found = [repr(value), str(value)]
    inner: list[Any] = list(getattr(value, "__dict__", {}).values())
    for kind in type(value).__mro__:
        for name in getattr(kind, "__slots__", ()):
            inner.append(getattr(value, name, None))
    if isinstance(value, dict):
        inner += [*value, *value.values()]
    if isinstance(value, (list, tuple, set)):
        inner += value
    if type(value).__module__ == "devin_v2._native":
        inner += [getattr(value, name) for name in dir(value) if not name.startswith("__")]
    for one in inner:
        if not isinstance(one, type) and not callable(one):
            found += everything(one, seen)
    return found


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_clients(kind: Any, emulator: Emulator) -> None:
    client = kind(api_key=KEY, base_url=emulator.url)
    for one in (client, client.with_options(timeout=5)):
        clean(repr(one), str(one), f"{one}", vars(one), *everything(one), *everything(one._caller))
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            clean(pickle.dumps(one, protocol))
        clean(one.members, one.members.list(), vars(type(one)))


def test_copies_need_a_key_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVIN_V2_API_KEY", "apk_user_other")
    clean(repr(copy.copy(Client(api_key=KEY))))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
def test_errors(status: int, emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    # Some proxies send back what they were sent.
    echo = {"detail": f"Authorization: Bearer {KEY} is not liked"}
    emulator.fault("status", status=status, path="/v2/enterprise/roles", body=echo, times=None)
    client = Client(api_key=KEY, base_url=emulator.url, max_retries=0)
    with caplog.at_level(logging.DEBUG), pytest.raises(devin_v2.DevinError) as caught:
        client.roles.list()
    error = caught.value
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    clean(str(error), repr(error), error.detail, error.hint, error.args, caplog.text)
    # What a report with the variables of our own code holds, but for the answer's body itself.
    own = [line for line in shown.splitlines() if "echo" not in line and "KEY" not in line]
    clean(*own)
    assert error.body is not None and HEAD in error.body.decode(), "the body is all that came"


def test_config_errors() -> None:
    for settings in ({"timeout": 0}, {"base_url": "ftp://x"}, {"max_retries": 99}):
        with pytest.raises(devin_v2.ConfigError) as caught:
            Client(api_key=KEY, **settings)  # type: ignore[arg-type]
        clean(
            "".join(traceback.format_exception(caught.value)).replace("KEY", ""),
            caught.value,
            pickle.dumps(caught.value),
        )
    with pytest.raises(devin_v2.ConfigError) as caught:
        Client(api_key=KEY + "\n")
    clean(caught.value, vars(caught.value))


def test_variables_of_our_frames_hold_no_key() -> None:
    """Reports of errors (Sentry, rich, pytest) show the variables of each frame."""
    with pytest.raises(devin_v2.ConfigError) as caught:
        Client(api_key=KEY, timeout=0)
    frames = []
    trace = caught.value.__traceback__
    while trace is not None:
        if "devin_v2" in trace.tb_frame.f_code.co_filename.replace("\\", "/").split("/")[-2]:
            frames.append(trace.tb_frame)
        trace = trace.tb_next
    assert frames
    for frame in frames:
        for name, value in frame.f_locals.items():
            # What is half made has nothing to show yet.
            clean(name if name == "self" else value)


def test_no_connection() -> None:
    client = Client(api_key=KEY, base_url="http://127.0.0.1:9", max_retries=0)
    with pytest.raises(devin_v2.APIConnectionError) as caught:
        client.roles.list()
    clean("".join(traceback.format_exception(caught.value)), vars(caught.value), *everything(caught.value))


def test_refused_key_as_argument(emulator: Emulator) -> None:
    """A key where an id belongs is a slip that happens."""
    with pytest.raises(devin_v2.DevinError) as caught:
        emulator.client(max_retries=0).api_keys.revoke(KEY)
    clean(caught.value, repr(caught.value))


def test_asyncio_shows_none(emulator: Emulator) -> None:
    async def main() -> None:
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        logging.getLogger("asyncio").addHandler(handler)
        client = AsyncClient(api_key=KEY, base_url=emulator.url, max_retries=0)
        task = asyncio.create_task(client.roles.list())
        await asyncio.sleep(0)
        clean(repr(task), repr(asyncio.all_tasks()))
        with pytest.raises(devin_v2.AuthenticationError):
            await task
        logging.getLogger("asyncio").removeHandler(handler)
        clean(log.getvalue(), repr(task))

    asyncio.run(main(), debug=True)


def test_the_secret_itself() -> None:
    secret = Secret(KEY)
    clean(repr(secret), str(secret), f"{secret}", f"{secret:>80}", "%s %r" % (secret, secret), [secret], {"k": secret})
    assert secret.get_secret_value() == KEY
    with pytest.raises(TypeError) as caught:
        pickle.dumps(secret)
    clean(caught.value)
    assert repr(secret) != repr(Secret(KEY + "x"))
    with pytest.raises(TypeError):
        copy.deepcopy(secret)


@pytest.mark.parametrize("kind", [devin_v2.Client, devin_v2.AsyncClient])
def test_what_is_made_can_be_shown(kind: Any, emulator: Any) -> None:
    """Tools that report errors show the variables of frames, also of those that make something and fail."""
    for settings in ({"base_url": KEY}, {"proxy": f"http://{KEY}@127.0.0.1", "max_retries": -1}):
        with pytest.raises(devin_v2.ConfigError) as caught:
            kind(**settings)
        trace = caught.value.__traceback__
        assert trace is not None
        error = caught.value.with_traceback(trace.tb_next)
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        assert f"self = {kind.__name__}()" in shown and KEY not in shown
    members = (emulator.client() if kind is devin_v2.Client else emulator.async_client()).members
    with pytest.raises(devin_v2.RefusedError) as refused:
        members.list(resume="nonsense")
    shown = "".join(traceback.TracebackException.from_exception(refused.value, capture_locals=True).format())
    assert "members.list" in shown
