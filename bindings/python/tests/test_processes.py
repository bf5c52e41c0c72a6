"""Forked and spawned processes."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from devin_v2 import Client

# What Python says itself of a fork beside threads, whoever's they are.
FORKS = ("-W", "ignore:This process:DeprecationWarning")

CASES = [
    ("pool", "fork"),
    ("pool", "spawn"),
    ("inherited",),
    ("fork",),
    ("fork_unused",),
    ("fork_in_flight",),
    ("fork_with_a_listing",),
    ("fork_with_an_awaited_listing",),
    ("fork_in_a_loop",),
    ("fork_with_an_emulator",),
    ("close_in_child",),
    ("other_key",),
    ("no_key",),
]


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_processes(case: tuple[str, ...], program: Any, server: dict[str, str]) -> None:
    done = program("processes.py", *case, timeout=90, options=FORKS, **server)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_pickled_client_keeps_its_settings(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVIN_V2_API_KEY", emulator.api_key)
    client = emulator.client(user_agent_suffix="x/1", max_retries=0).with_options(timeout=9)
    again = pickle.loads(pickle.dumps(client))
    assert repr(again) == repr(client) and type(again) is Client
    again.identity.get()
    assert emulator.requests[0].headers["user-agent"].endswith("x/1")
    emulator.fault("status", status=503, path="/v2/enterprise/roles", times=None)
    with pytest.raises(Exception) as caught:
        again.roles.list()
    assert caught.value.attempts == 1


def test_a_proxy_with_a_password_does_not_travel() -> None:
    client = Client(api_key="apk_user_x", proxy="http://user:password@proxy.example.com:3128")
    with pytest.raises(TypeError, match="password"):
        pickle.dumps(client)
    assert "password" not in repr(client)
