"""What is tried again, and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

import devin_v2
from devin_v2 import Client
from devin_v2.testing import Emulator

ROLES = "/v2/enterprise/roles"
ORGANIZATIONS = "/v2/enterprise/organizations"


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("status", {"status": 408}),
        ("status", {"status": 429}),
        ("status", {"status": 500}),
        ("status", {"status": 502}),
        ("status", {"status": 503}),
        ("status", {"status": 504}),
        ("html", {}),
        ("reset", {}),
        ("cut_body", {"after": 3}),
    ],
    ids=str,
)
def test_twice_and_then_it_works(kind: str, effect: dict[str, Any], emulator: Emulator, client: Client) -> None:
    emulator.fault(kind, path=ROLES, times=2, **effect)
    assert len(client.roles.list()) > 0
    assert len(emulator.requests) == 3
    assert len({request.headers["x-request-id"] for request in emulator.requests}) == 1


def test_attempts_are_told(emulator: Emulator, client: Client) -> None:
    emulator.fault("status", status=503, path=ROLES, times=2)
    assert client.request("GET", ROLES).attempts == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_what_is_no_use_to_try_again(status: int, emulator: Emulator, client: Client) -> None:
    emulator.fault("status", status=status, path=ROLES, times=None)
    with pytest.raises(devin_v2.APIStatusError):
        client.roles.list()
    assert len(emulator.requests) == 1


def test_a_post_is_not_repeated(emulator: Emulator, client: Client) -> None:
    for kind, effect in (("status", {"status": 503}), ("reset", {"execute": True}), ("cut_body", {"after": 0})):
        emulator.reset()
        emulator.fault(kind, method="POST", path=ORGANIZATIONS, **effect)
        with pytest.raises(devin_v2.DevinError) as caught:
            client.organizations.create(display_name="New")
        assert caught.value.attempts == 1 == len(emulator.requests)


def test_a_post_is_repeated_after_429(emulator: Emulator, client: Client) -> None:
    emulator.fault("status", status=429, method="POST", path=ORGANIZATIONS)
    assert client.organizations.create(display_name="New").org_id
    assert [json.loads(request.body) for request in emulator.requests] == [{"display_name": "New"}] * 2


def test_retry_after_is_obeyed(emulator: Emulator, client: Client) -> None:
    emulator.fault("status", status=429, path=ROLES, headers={"retry-after": "1"}, times=1)
    answer = client.request("GET", ROLES)
    assert answer.attempts == 2 and answer.elapsed >= 1


def test_a_retry_after_that_is_too_long_is_not_waited_for(emulator: Emulator) -> None:
    emulator.fault("status", status=429, path=ROLES, headers={"retry-after": "120"}, times=None)
    with pytest.raises(devin_v2.RateLimitError) as caught:
        emulator.client().roles.list()
    assert caught.value.retry_after == 120 and caught.value.attempts == 1 and caught.value.waited == 0


def test_async(emulator: Emulator, in_loop: Any) -> None:
    emulator.fault("status", status=503, path=ROLES, times=2)

    async def work(client: Any) -> Any:
        return await client.request("GET", ROLES)

    assert in_loop(work).attempts == 3
