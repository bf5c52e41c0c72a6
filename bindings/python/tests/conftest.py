"""What the tests share. They run against the installed package, and need nothing but it, pytest and loopback."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

import devin_v2
from devin_v2 import AsyncClient, Client
from devin_v2.testing import Emulator

TESTS = pathlib.Path(__file__).parent
VARIABLES = ("DEVIN_V2_API_KEY", "DEVIN_API_KEY", "DEVIN_V2_BASE_URL", "DEVIN_BASE_URL")


def pytest_configure(config: pytest.Config) -> None:
    # A warning of ours (a coroutine never awaited, a resource not closed) is a failure.
    config.addinivalue_line("filterwarnings", "error")
    sources = TESTS.parent / "python"
    assert sources not in pathlib.Path(devin_v2.__file__).parents, "the installed package is tested, not its sources"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(seed=7, members=120) as running:
        yield running


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    with emulator.client(retry_base_delay=0.001) as made:
        yield made


@pytest.fixture
def in_loop(emulator: Emulator) -> Callable[..., Any]:
    """Runs a function of an async client in a loop of its own, and checks that it leaves that loop clean."""

    def run(work: Callable[[AsyncClient], Coroutine[Any, Any, Any]], **settings: Any) -> Any:
        async def main() -> Any:
            complaints: list[dict[str, Any]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            async with emulator.async_client(**{"retry_base_delay": 0.001, **settings}) as client:
                result = await work(client)
            await asyncio.sleep(0.02)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert complaints == []
            return result

        return asyncio.run(main(), debug=True)

    return run


Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def program() -> Program:
    """Runs a program of `programs/` with every warning an error; it has to end by itself."""

    def run(name: str, *arguments: str, timeout: float = 60, options: tuple[str, ...] = (), **environment: str) -> Any:
        command = [
            sys.executable,
            "-P",
            "-W",
            "error",
            "-X",
            "dev",
            *options,
            str(TESTS / "programs" / name),
            *arguments,
        ]
        running = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with running:
            try:
                out, err = running.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                # With its children, which would hold its output open.
                os.killpg(running.pid, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess(command, running.returncode, out, err)

    return run


@contextlib.contextmanager
def answering(body: bytes) -> Iterator[str]:
    """A server that gives this body to every request, at the URL that comes of it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[dict[str, str]]:
    """An emulator in a process of its own, as the environment that leads a client to it."""
    command = [sys.executable, "-P", "-m", "devin_v2.emulator", "--exit-with-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None and running.stdout is not None
        ready = json.loads(running.stdout.readline())
        yield {"DEVIN_V2_BASE_URL": ready["url"], "DEVIN_V2_API_KEY": ready["api_key"]}
        running.stdin.close()
        assert running.wait(10) == 0
