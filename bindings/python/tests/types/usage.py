"""The package as its types say it is used. Read by mypy (strict) and pyright; never run.

Every `type: ignore` stands on a line that has to be an error: both checkers complain if it is none.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, assert_type

import pandas
import polars

import devin_v2
from devin_v2 import (
    NOT_GIVEN,
    APIStatusError,
    APITimeoutError,
    AsyncClient,
    AsyncListing,
    BadRow,
    BillingDay,
    BillingDays,
    Client,
    DevinError,
    Listing,
    NotFoundError,
    NotGiven,
    Page,
    RateLimitError,
    RefusedError,
    Report,
    Response,
    Rows,
    Secret,
    types,
)
from devin_v2.testing import Emulator, Request


def clients() -> None:
    client = Client(api_key="apk_user_x", base_url="https://devin.example.com", timeout=30, max_retries=0, proxy=None)
    assert_type(client.with_options(timeout=5.0, strict=True), Client)
    assert_type(AsyncClient().with_options(max_retries=1), AsyncClient)
    assert_type(client.base_url, str)
    with Client(ca_certificate=b"-----BEGIN CERTIFICATE-----") as inside:
        assert_type(inside, Client)

    class Ours(Client):
        """A class of a user's own stays itself."""

    assert_type(Ours().with_options(timeout=1), Ours)
    with Ours() as ours:
        assert_type(ours, Ours)

    Client("apk_user_x")  # type: ignore
    Client(timeout="30")  # type: ignore
    client.with_options(api_key="apk_user_x")  # type: ignore
    client.nothing  # type: ignore


def rows(client: Client) -> None:
    member = client.members.get("email|65f1c0ffee65f1c0ffee65f1")
    assert_type(member, types.Member)
    assert_type(member.email, str)
    assert_type(member.created_at, datetime.datetime)
    assert_type(member.last_login, datetime.datetime | None)
    assert_type(member.login_count, int | None)
    assert_type(member.extra, dict[str, Any])
    assert_type(member.to_dict(), dict[str, Any])
    assert_type(types.Member.from_dict(member.to_dict()), types.Member)
    assert_type(types.Member.from_json(member.to_json()), types.Member)
    assert_type(member.to_pandas(), pandas.DataFrame)
    assert_type(member.to_polars(), polars.DataFrame)
    if member.last_login is not None:
        assert_type(member.last_login.date(), datetime.date)

    names: list[str] = [field.name for field in types.Member.__fields__]
    print(names, types.Member.email.sensitive, {member: 1}, member == member)

    member.email = "x"  # type: ignore
    member.emial  # type: ignore
    member.last_login.date()  # type: ignore

    session = client.sessions.get("devin-0123")
    assert_type(session, types.SessionInsight)
    assert_type(session.pull_requests, tuple[types.PullRequest, ...])
    # An open set: words that this version doesn't know are text as well.
    status: str = session.status
    known: types.SessionStatus = "running"
    print(status, known)

    key = client.api_keys.provision(org_id="org-1")
    assert_type(key.api_key, Secret | None)
    if key.api_key is not None:
        assert_type(key.api_key.get_secret_value(), str)


def listings(client: Client) -> None:
    listing = client.members.list(limit=50, email="ada@example.com", progress=True)
    assert_type(listing, Listing[types.Member])
    for member in listing:
        assert_type(member, types.Member)
    assert_type(len(listing), int)
    assert_type(listing.report, Report)
    assert_type(listing.report.resume, str | None)
    assert_type(listing.report.bad_rows, tuple[BadRow, ...])

    page = listing.page()
    assert_type(page, Page[types.Member])
    assert_type(page[0], types.Member)
    assert_type(page[:10], Rows[types.Member])
    assert_type(page.total, int | None)
    assert_type(page.next, str | None)
    assert_type([row.email for row in page], list[str])
    if page.next is not None:
        client.members.list(resume=page.next)

    everyone = listing.collect()
    assert_type(everyone, Rows[types.Member])
    assert_type(everyone.report, Report | None)
    assert_type(everyone.to_pandas(), pandas.DataFrame)
    assert_type(listing.to_polars(), polars.DataFrame)
    # Rows of what is more are rows of what is less.
    anything: Rows[object] = everyone
    print(anything)

    def tell(report: Report) -> None:
        print(report.seen, report.expected)

    client.sessions.list(progress=tell)
    client.sessions.list(progress=lambda report: report.seen)
    client.members.list(50)  # type: ignore
    client.members.list(limit="50")  # type: ignore
    client.members.list(limit=None)  # type: ignore
    client.members.list(nothing=1)  # type: ignore

    # Lists that the service doesn't page come whole.
    assert_type(client.consumption.cycles(), Rows[types.BillingCycle])
    assert_type(client.groups.add(group_names=["sre"]), Rows[str])


async def awaited(client: AsyncClient) -> None:
    assert_type(await client.members.get("email|65f1c0ffee65f1c0ffee65f1"), types.Member)
    listing = client.members.list()
    assert_type(listing, AsyncListing[types.Member])
    async for member in listing:
        assert_type(member, types.Member)
    assert_type(await listing.page(), Page[types.Member])
    assert_type(await listing.collect(), Rows[types.Member])
    assert_type(await client.roles.list(), Rows[types.Role])
    assert_type(await client.request("GET", "/v2/enterprise/new-thing"), Response)
    async with AsyncClient() as inside:
        assert_type(inside, AsyncClient)
    for member in listing:  # type: ignore
        pass
    print(client.members.get("email|65f1c0ffee65f1c0ffee65f1").email)  # type: ignore


def consumption(client: Client) -> None:
    first = BillingDay("2026-02-01")
    used = client.consumption.daily(billing_days=(first, datetime.date(2026, 2, 28)))
    assert_type(used, types.Consumption)
    assert_type(used.total_acus, float)
    assert_type(used.consumption_by_date, Mapping[str, float])
    assert_type(used.consumption_by_user, Mapping[str, float] | None)
    client.consumption.daily(start_date=first, end_date="2026-03-01T08:00:00Z", org_ids={"org-1", "org-2"})
    client.consumption.daily(start_date=datetime.datetime.now(datetime.UTC))
    client.consumption.daily(billing_days="2026-02")
    client.consumption.daily(billing_days=client.consumption.cycles()[0])
    client.consumption.daily(billing_days=20260201)  # type: ignore
    client.sessions.list(billing_days=first)
    assert_type(client.consumption.cycles()[0].days, BillingDays)
    assert_type(BillingDays("2026-02")[0], BillingDay)
    assert_type(first + 1, BillingDay)
    assert_type(first - 1, BillingDay)
    assert_type(first - first, int)
    client.consumption.daily(start_date=20260201)  # type: ignore

    assert_type(first.next(), BillingDay)
    assert_type(first.start, datetime.datetime)
    assert_type(first.date, datetime.date)
    assert_type(first.through(BillingDay.today()), list[BillingDay])
    assert_type(first < BillingDay.containing("2026-02-01T07:59:59Z"), bool)
    assert_type(sorted([first, first.prev()]), list[BillingDay])


def updates(client: Client, limit: int | None | NotGiven) -> None:
    client.organizations.update("org-1", max_acu_limit=None)
    client.organizations.update("org-1", max_acu_limit=NOT_GIVEN, display_name="Platform")
    client.organizations.update("org-1", max_acu_limit=limit)
    if not isinstance(limit, NotGiven):
        assert_type(limit, int | None)
    client.organizations.update("org-1", max_acu_limit="500")  # type: ignore
    client.organizations.create(display_name=None)  # type: ignore
    client.organizations.create()  # type: ignore
    client.members.invite(emails=(f"{name}@example.com" for name in ("ada", "alan")))
    client.api_keys.revoke_all(confirm="revoke-all-api-keys")


def bodies(client: Client) -> None:
    permission: types.GitPermissionCreateParam = {"connection_id": "git-1", "repo_path": ["acme", "tools"]}
    added = client.organizations.add_git_permissions("org-1", [permission, {"connection_id": "git-2"}])
    assert_type(added, types.GitPermissionsAdded)
    client.organizations.add_git_permissions("org-1", [{"repo_path": ["acme"]}])  # type: ignore
    client.organizations.add_git_permissions("org-1", [{"connection_id": 1}])  # type: ignore

    limits = client.org_group_limits.get()
    assert_type(limits.groups, Mapping[str, types.OrgGroupLimit])
    # What was read can be sent back, alone or beside new groups.
    client.org_group_limits.update(limits, confirm="replace-org-group-limits")
    client.org_group_limits.update(
        {"groups": {**limits.groups, "emea": {"org_ids": ["org-1"], "max_cycle_acus": None}}},
        confirm="replace-org-group-limits",
    )


def errors(client: Client) -> None:
    try:
        client.members.list().collect()
    except NotFoundError as error:
        assert_type(error.status_code, int)
        assert_type(error.request_id, str | None)
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except APIStatusError as error:
        assert_type(error.status_code, int)
        assert_type(error.body, bytes | None)
    except (APITimeoutError, RefusedError) as error:
        assert_type(error.attempts, int)
        assert_type(error.field, str | None)
    except DevinError as error:
        assert_type(error.status_code, int | None)
        assert_type(error.partial, Rows[Any] | None)
    except TimeoutError:
        pass


def requests(client: Client) -> None:
    answer = client.request("GET", "/v2/enterprise/members", params={"limit": 1, "email": ["a@b.c", "d@e.f"]})
    assert_type(answer, Response)
    assert_type(answer.status_code, int)
    assert_type(answer.headers, Mapping[str, str])
    assert_type(answer.content, bytes)
    assert_type(answer.text, str)
    client.request("POST", "/v2/enterprise/new-thing", json={"a": [1, None]})
    client.request("GET")  # type: ignore


def emulator() -> None:
    with Emulator(seed=7, members=120) as server:
        assert_type(server, Emulator)
        assert_type(server.client(timeout=5), Client)
        assert_type(server.async_client(), AsyncClient)
        server.fault("status", status=503, method="GET", times=None, delay=0.1)
        assert_type(server.requests, list[Request])
        assert_type(server.requests[0].path, str)


def operations() -> None:
    for operation in devin_v2.operations():
        assert_type(operation, devin_v2.Operation)
        assert_type(operation.confirm, str | None)
    assert_type(devin_v2.__version__, str)
