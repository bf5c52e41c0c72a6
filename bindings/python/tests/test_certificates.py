"""Machines without certificate authorities."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from devin_v2 import Client

CODE = """
import devin_v2, os
for kind in (devin_v2.Client, devin_v2.AsyncClient):
    kind(api_key="apk_user_x")
    kind(api_key="apk_user_x", base_url="https://devin.example.com")
print(devin_v2.Client().identity.get().api_key_id)
"""


def test_without_any(server: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", CODE],
        env={"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/nonexistent", "PATH": "/nonexistent", **server},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("apk-")


@pytest.mark.parametrize("form", [str, str.encode])
def test_one_of_your_own(form: Any) -> None:
    broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    with pytest.raises(Exception) as caught:
        Client(api_key="apk_user_x", ca_certificate=form(broken))
    assert type(caught.value).__name__ == "ConfigError"
