"""What the benchmark starts: the server, the workers, the generated client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import clients

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[2] / "openapi" / "devin-v2.yaml"


def environment(folder: Path) -> dict[str, str]:
    """Of all that is measured: without proxies and keys of the machine, with the generated client in reach."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept = {name: value for name, value in kept.items() if "DEVIN" not in name}
    return kept | {"PYTHONPATH": os.pathsep.join([str(folder), str(HERE)])}


def generate(folder: Path) -> None:
    """The document's client by openapi-python-client, as it makes it."""
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n")
    arguments = ["generate", "--path", DOCUMENT, "--meta", "none", "--output-path", folder / "devin_generated"]
    command = [sys.executable, "-m", "openapi_python_client", *arguments, "--config", config]
    subprocess.run([str(part) for part in command], check=True)


class Process:
    def __init__(self, command: list[str], **options: Any) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, **options)

    def line(self) -> Any:
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise SystemExit(f"{self.process.args!r} ended early")
        return json.loads(line)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait()


class Server(Process):
    """Answers laid out beforehand, 100,000 sessions, each answer after `delay` milliseconds."""

    def __init__(self, program: Path, delay: int = 0) -> None:
        super().__init__([str(program), "serve", "100000", str(delay)])
        where = self.line()
        self.url, self.key = where["url"], where["api_key"]


class Worker(Process):
    def __init__(self, name: str, server: Server, env: dict[str, str]) -> None:
        super().__init__([sys.executable, str(HERE / "worker.py"), name, server.url, server.key], env=env)

    def ask(self, what: str) -> Any:
        self.process.stdin.write(what + "\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        return self.line()


def held(name: str, server: Server, env: dict[str, str]) -> list[float]:
    command = [sys.executable, str(HERE / "worker.py"), name, server.url, server.key, "held"]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    figures: list[float] = json.loads(done.stdout)
    return figures


def rounds(count: int) -> list[list[str]]:
    """All clients each time, a different one first, so that a slower moment of the machine strikes all of them."""
    names = list(clients.NAMES)
    return [names[turn % len(names) :] + names[: turn % len(names)] for turn in range(count)]
