"""The server for tests, in the process and as a program."""

from __future__ import annotations

import datetime
import json
import os
import pickle
import signal
import subprocess
import sys
import urllib.request
from typing import Any

import pytest

import devin_v2
from devin_v2 import BillingDay, Client
from devin_v2.testing import Emulator, Request

COMMAND = [sys.executable, "-P", "-W", "error", "-X", "dev", "-m", "devin_v2.emulator"]


def test_what_there_is() -> None:
    with Emulator(seed=3, organizations=2, members=30, sessions=17) as emulator, emulator.client() as client:
        assert repr(emulator) == f"Emulator(url='{emulator.url}')" and emulator.api_key not in repr(emulator)
        assert emulator.api_key.startswith("apk_user_") and not emulator.url.endswith("/")
        assert len(client.members.list().collect()) == 30
        assert len(client.organizations.list().collect()) == 2
        assert len(client.sessions.list().collect()) == 17


def test_the_same_seed_is_the_same_data() -> None:
    lists = []
    for seed in (5, 5, 6):
        with Emulator(seed=seed, members=20) as emulator, emulator.client() as client:
            lists.append(client.members.list().collect())
    assert lists[0] == lists[1] != lists[2]


def test_settings() -> None:
    now = datetime.datetime(2025, 6, 1, 12, tzinfo=datetime.UTC)
    with Emulator(api_key="apk_user_mine", now=now, host="127.0.0.1", port=0) as emulator:
        assert emulator.api_key == "apk_user_mine"
        assert all(row.created_at <= now for row in emulator.client().sessions.list().page())
    for clock in ("2025-06-01T12:00:00Z", BillingDay("2025-06-01")):
        Emulator(now=clock, members=1, sessions=0).close()


@pytest.mark.parametrize(
    "settings",
    [
        {"members": 0},
        {"members": -1},
        {"organizations": 0},
        {"organizations": 10_001},
        {"sessions": -1},
        {"seed": -1},
        {"port": 70_000},
        {"port": -1},
        {"host": "nowhere"},
        {"now": "yesterday"},
        {"now": datetime.datetime(2025, 6, 1)},
        {"api_key": "other_key"},
    ],
    ids=str,
)
def test_settings_that_cannot_be(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Emulator(**settings)


def test_settings_of_another_name_or_type() -> None:
    for settings in ({"colour": "red"}, {"members": "many"}):
        with pytest.raises(TypeError):
            Emulator(**settings)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Emulator(7)  # type: ignore[misc]


def test_a_port_that_is_taken(emulator: Emulator) -> None:
    with pytest.raises(OSError):
        Emulator(port=int(emulator.url.rsplit(":", 1)[1]))


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("nonsense", {}),
        ("status", {}),
        ("status", {"status": 99}),
        ("status", {"status": 200, "colour": "red"}),
        ("status", {"status": 200, "headers": {"bad name": "x"}}),
        ("extra_field", {"name": "x"}),
        ("redirect", {"status": 200, "location": "/"}),
        ("none", {"delay": -1}),
        ("none", {"times": -1}),
        ("none", {"skip": -1}),
    ],
    ids=str,
)
def test_faults_that_cannot_be(kind: str, effect: dict[str, Any], emulator: Emulator) -> None:
    with pytest.raises(ValueError):
        emulator.fault(kind, **effect)
    assert len(emulator.client(max_retries=0).roles.list()) > 0, "nothing was scripted"


def test_which_requests_a_fault_meets(emulator: Emulator) -> None:
    client = emulator.client(max_retries=0)
    emulator.fault(
        "status", status=404, method="GET", path="/v2/enterprise/members", query={"limit": "7"}, skip=1, times=1
    )
    emulator.fault("status", status=409, path="/v2/enterprise/organizations/*")
    client.roles.list()
    client.members.list(limit=8).page()
    client.members.list(limit=7).page()
    with pytest.raises(devin_v2.NotFoundError):
        client.members.list(limit=7).page()
    client.members.list(limit=7).page()
    with pytest.raises(devin_v2.ConflictError):
        client.organizations.get("org-0a1b2c3d4e5f60718293a4b5c6d7e8f9")


def test_a_change_whose_answer_got_lost(emulator: Emulator) -> None:
    client = emulator.client(max_retries=0)
    emulator.fault("reset", method="POST", path="/v2/enterprise/organizations", execute=True)
    with pytest.raises(devin_v2.APIConnectionError):
        client.organizations.create(display_name="Ghost")
    assert "Ghost" in [row.org_name for row in client.organizations.list()]


def test_requests(emulator: Emulator, client: Client) -> None:
    client.members.list(limit=3, email="ada@example.com").page()
    [request] = emulator.requests
    assert isinstance(request, Request) and request == pickle.loads(pickle.dumps(request))
    assert (request.method, request.path, request.body) == ("GET", "/v2/enterprise/members", "")
    assert request.query is not None and "ada%40example.com" in request.query.replace("@", "%40")
    assert emulator.api_key not in str(request) and request.headers["authorization"] == "Bearer apk_user_…"
    emulator.clear_requests()
    assert emulator.requests == []


def test_reset(emulator: Emulator, client: Client) -> None:
    before = client.organizations.list().collect()
    client.organizations.create(display_name="New")
    emulator.fault("status", status=404, path="/v2/enterprise/roles", times=None)
    emulator.reset()
    assert emulator.requests == []
    assert client.organizations.list().collect() == before and len(client.roles.list()) > 0


def test_close() -> None:
    emulator = Emulator(members=1, sessions=0)
    client = emulator.client(max_retries=0)
    client.roles.list()
    emulator.close()
    with pytest.raises(devin_v2.APIConnectionError):
        client.roles.list()
    for use in (lambda: emulator.requests, emulator.reset, emulator.clear_requests, emulator.fault):
        with pytest.raises(RuntimeError):
            use()
    emulator.close()


def test_it_runs_until_it_is_closed() -> None:
    client = Emulator(members=1, sessions=0).client(max_retries=0)
    assert len(client.roles.list()) > 0


def test_many_emulators() -> None:
    running = [Emulator(seed=seed, members=1, sessions=0) for seed in range(20)]
    assert len({emulator.url for emulator in running}) == 20
    for emulator in running:
        assert emulator.client().identity.get().user_id
        emulator.close()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_program(stop: signal.Signals) -> None:
    command = [*COMMAND, "--port", "0", "--members", "11"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        ready = json.loads(running.stdout.readline())
        with Client(base_url=ready["url"], api_key=ready["api_key"]) as client:
            assert len(client.members.list().collect()) == 11
        # A connection that is open does not keep it.
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{ready['url']}/_emulator/requests").close()
        running.send_signal(stop)
        rest = running.communicate(timeout=10)
        assert (running.returncode, rest) == (0, ("", ""))


def test_program_with_arguments_that_cannot_be() -> None:
    for arguments in (["--nonsense"], ["--port", "many"], ["--members", "0"], ["--port"]):
        done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode != 0 and done.stdout == ""
        assert done.stderr.startswith("devin-v2-emulator: ") and "Traceback" not in done.stderr


def test_program_help() -> None:
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0 and "--seed" in done.stdout and done.stderr == ""


def test_program_ends_with_its_parent() -> None:
    read, write = os.pipe()
    with subprocess.Popen([*COMMAND, "--exit-with-stdin"], stdin=read, stdout=subprocess.PIPE) as running:
        os.close(read)
        assert running.stdout is not None and running.stdout.readline()
        os.close(write)
        assert running.wait(10) == 0
