"""What would hit the wrong thing is refused, and nothing is sent."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from devin_v2 import Client, RefusedError
from devin_v2.testing import Emulator

ORG = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
NAIVE = datetime.datetime(2026, 2, 1, 8)
AWARE = NAIVE.replace(tzinfo=datetime.UTC)

SLIPS: dict[str, tuple[str, Callable[[Client], Any]]] = {
    "empty id": ("api_key_id", lambda client: client.api_keys.revoke("")),
    "blank id": ("api_key_id", lambda client: client.api_keys.revoke("  ")),
    "dot": ("api_key_id", lambda client: client.api_keys.revoke(".")),
    "dots": ("user_id", lambda client: client.members.delete("..")),
    "slash": ("user_id", lambda client: client.members.delete("a/b")),
    "empty id of a list": ("user_id", lambda client: client.members.list_organizations("").page()),
    "no phrase": ("confirm", lambda client: client.api_keys.revoke_all()),
    "another phrase": ("confirm", lambda client: client.api_keys.revoke_all(confirm="yes")),
    "phrase of another organization": (
        "confirm",
        lambda client: client.organizations.delete(ORG, confirm="delete-organization:org-other"),
    ),
    "naive datetime": ("start_date", lambda client: client.consumption.daily(start_date=NAIVE, end_date=AWARE)),
    "date without a zone": ("start_date", lambda client: client.consumption.daily(start_date="2026-02-01")),
    "end before start": (
        "end_date",
        lambda client: client.consumption.daily(start_date=AWARE, end_date=AWARE - datetime.timedelta(days=1)),
    ),
    "empty email": ("email", lambda client: client.members.list(email="").page()),
    "None as email": ("email", lambda client: client.members.list(email=None).page()),  # type: ignore[arg-type]
    "limit 201": ("limit", lambda client: client.members.list(limit=201).page()),
    "limit 0": ("limit", lambda client: client.members.list(limit=0).page()),
    "negative skip": ("skip", lambda client: client.members.list(skip=-1).page()),
    "no addresses": ("emails", lambda client: client.members.invite(emails=[])),
    "101 addresses": (
        "emails",
        lambda client: client.members.invite(emails=[f"user{n}@example.com" for n in range(101)]),
    ),
    "resume of another list": ("resume", lambda client: client.members.list(resume="sessions.list@skip=200").page()),
    "broken resume": ("resume", lambda client: client.members.list(resume="nonsense").page()),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_refused(slip: str, emulator: Emulator, client: Client) -> None:
    field, call = SLIPS[slip]
    with pytest.raises(RefusedError) as caught:
        call(client)
    assert emulator.requests == []
    error = caught.value
    assert isinstance(error, ValueError)
    assert error.field == field
    assert error.kind == "refused" and error.attempts == 0 and error.request_id is None
    assert error.hint and error.operation and str(error).startswith(error.operation)
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)


@pytest.mark.parametrize("slip", SLIPS)
def test_refused_async(slip: str, emulator: Emulator, in_loop: Any) -> None:
    async def work(client: Any) -> None:
        with pytest.raises(RefusedError) as caught:
            await SLIPS[slip][1](client)
        assert caught.value.field == SLIPS[slip][0]

    in_loop(work)
    assert emulator.requests == []


def test_the_phrases_let_through(emulator: Emulator, client: Client) -> None:
    assert client.api_keys.revoke_all(confirm="revoke-all-api-keys").status == "success"
    with emulator.client() as fresh:
        emulator.reset()
        made = fresh.organizations.create(display_name="Old")
        assert made.org_id is not None
        fresh.organizations.delete(made.org_id, confirm=f"delete-organization:{made.org_id}")


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.members.list(colour="red"),
        lambda client: client.members.list(50),
        lambda client: client.members.get(),
        lambda client: client.members.invite(),
        lambda client: client.members.list(limit="fifty"),
        lambda client: client.members.list(limit=1.5),
        lambda client: client.members.get(7),
        lambda client: client.members.invite(emails="ada@example.com"),
        lambda client: client.members.invite(emails=[object()]),
        lambda client: client.consumption.daily(start_date=object()),
        lambda client: client.organizations.create(display_name=float("nan")),
    ],
    ids=range(11),
)
def test_arguments_of_another_name_or_type(call: Any, emulator: Emulator, client: Client) -> None:
    with pytest.raises((TypeError, ValueError)):
        call(client)
    assert emulator.requests == []


def test_a_deep_argument_does_not_overflow(emulator: Emulator, client: Client) -> None:
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises((TypeError, ValueError)):
        client.request("POST", "/v2/enterprise/organizations", json=nested)
    circular: list[Any] = []
    circular.append(circular)
    with pytest.raises((TypeError, ValueError)):
        client.request("POST", "/v2/enterprise/organizations", json=circular)
    assert emulator.requests == []


def test_times_of_all_kinds(emulator: Emulator, client: Client) -> None:
    from devin_v2 import BillingDay

    day = BillingDay("2026-02-01")
    east = AWARE.astimezone(datetime.timezone(datetime.timedelta(hours=9)))
    for start in (AWARE, east, day, "2026-02-01T08:00:00Z", "2026-02-01T17:00:00+09:00"):
        client.consumption.daily(start_date=start, end_date="2026-03-01T08:00:00Z")
    assert len(emulator.requests) == 5
    queries = {request.query for request in emulator.requests}
    assert len(queries) == 1, "each is the same instant, sent the same way"


def test_members_are_added_to_the_organization_of_the_path(emulator: Emulator, client: Client) -> None:
    org, ada = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9", "email|65f1c0ffee65f1c0ffee65f1"
    for others in ([org, "org-other"], ["org-other"], []):
        with pytest.raises(RefusedError, match="org_ids") as refused:
            client.organizations.add_members(org, org_ids=others, user_ids=[ada])
        assert refused.value.field == "org_ids"
    with pytest.raises(RefusedError, match="org_ids"):
        path = f"/v2/enterprise/organizations/{org}/members"
        client.request("POST", path, json={"org_ids": [org, "org-other"], "user_ids": [ada]})
    assert emulator.requests == []
    client.organizations.add_members(org, user_ids=[ada])
    client.organizations.add_members(org, org_ids=[org], user_ids=[ada])
    assert {request.body for request in emulator.requests} == {f'{{"org_ids":["{org}"],"user_ids":["{ada}"]}}'}


def test_limits_are_not_negative(emulator: Emulator, client: Client) -> None:
    org = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    limits = {"groups": {"g": {"org_ids": [org], "max_cycle_acus": -1}}}
    for call, field in (
        (lambda: client.organizations.create(display_name="Labs", acu_limit=-1), "acu_limit"),
        (lambda: client.organizations.update(org, max_acu_limit=-1), "max_acu_limit"),
        (
            lambda: client.org_group_limits.update(limits, confirm="replace-org-group-limits"),
            "groups.g.max_cycle_acus",
        ),
    ):
        with pytest.raises(RefusedError, match="less than 0") as refused:
            call()
        assert refused.value.field == field
    assert emulator.requests == []
