"""What bodies may hold: nothing, a byte order mark, odd numbers, odd times. The scenarios of all languages have more."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from devin_v2 import AsyncClient, Client, types
from devin_v2.errors import APIResponseValidationError, NotFoundError
from devin_v2.testing import Emulator

ADA = "email|65f1c0ffee65f1c0ffee65f1"


def answer(emulator: Emulator, text: str, **matcher: Any) -> None:
    emulator.fault("status", status=200, body_text=text, **matcher)


@pytest.mark.parametrize(("status", "body"), [(204, ""), (200, ""), (202, " \n"), (200, "null")])
def test_a_change_that_is_answered_with_nothing_took_place(
    emulator: Emulator, client: Client, in_loop: Callable[..., Any], status: int, body: str
) -> None:
    emulator.fault("status", status=status, body_text=body, execute=True, times=6)
    made = client.with_options(strict=True).organizations.create(display_name="New")
    assert isinstance(made, types.OrganizationResult) and made.to_dict() == {}
    assert made.org_id is None and made.created_at is None
    added = client.organizations.add_git_permissions("org-0a1b2c3d4e5f60718293a4b5c6d7e8f9", [{"connection_id": "x"}])
    assert added.permission_ids == () and dict(added.permission_names) == {}
    assert list(client.groups.add(group_names=["New"])) == []

    async def work(other: AsyncClient) -> None:
        assert (await other.playbooks.create(title="a", body="b")).playbook_id is None
        assert list(await other.groups.add(group_names=["New"])) == []
        await other.members.delete(ADA)

    in_loop(work)
    with pytest.raises(NotFoundError):
        client.members.get(ADA)


def test_a_read_that_is_answered_with_nothing_fails(emulator: Emulator, client: Client) -> None:
    emulator.fault("status", status=204, body_text="")
    with pytest.raises(APIResponseValidationError, match="empty"):
        client.members.get(ADA)


@pytest.mark.parametrize(("number", "integer"), [("3.0", 3), ("1e2", 100), ("-0", 0), ("9007199254740993.0", 2**53 + 1)])
def test_integers_are_told_by_their_value(emulator: Emulator, client: Client, number: str, integer: int) -> None:
    answer(emulator, f'\ufeff{{"group_name":"g","role_by_org_id":{{}},"org_count":{number},"later":3.0}}')
    group = client.groups.get("g")
    assert group.org_count == integer and type(group.org_count) is int
    assert group.to_dict()["org_count"] == integer and type(group.to_dict()["org_count"]) is int
    assert f'"org_count":{integer},"later":3.0' in group.to_json()


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("9999-12-31T23:59:59Z", datetime.datetime(9999, 12, 31, 23, 59, 59)),
        ("9999-12-31T23:59:59.9999999999999Z", datetime.datetime.max),
        ("0001-01-01T00:00:00Z", datetime.datetime.min),
        ("0000-12-31T23:30:00-01:00", datetime.datetime(1, 1, 1, 0, 30)),
        ("1969-12-31T23:59:59.9999999Z", datetime.datetime(1969, 12, 31, 23, 59, 59, 999999)),
        ("2016-12-31t23:59:60z", datetime.datetime(2016, 12, 31, 23, 59, 59)),
        ("2026-01-02 03:04:05+0000", datetime.datetime(2026, 1, 2, 3, 4, 5)),
    ],
)
def test_times(emulator: Emulator, client: Client, text: str, time: datetime.datetime) -> None:
    answer(emulator, f'[{{"start":"2026-01-01T08:00:00Z","end":"{text}"}}]')
    cycles = client.consumption.cycles()
    assert cycles.bad_rows == [] or cycles.bad_rows == ()
    assert cycles[0].end == time.replace(tzinfo=datetime.UTC)
    assert cycles[0].to_dict()["end"] == text
