"""Paged lists, read by blocking."""

from __future__ import annotations

import time
from typing import Any

import pytest

import devin_v2
from devin_v2 import Client, Report, types
from devin_v2.testing import Emulator

MEMBERS = "/v2/enterprise/members"


def test_nothing_is_sent_before_it_is_read(emulator: Emulator, client: Client) -> None:
    members = client.members.list(limit=50)
    assert repr(members) == "<Listing members.list>"
    assert members
    assert members.report == Report()
    iter(members)
    assert emulator.requests == []


def test_for(emulator: Emulator, client: Client) -> None:
    members = client.members.list(limit=50)
    rows = list(members)
    assert len({row.user_id for row in rows}) == len(rows) == 120
    assert all(isinstance(row, types.Member) for row in rows)
    assert (
        sorted(request.query for request in emulator.requests)
        == [
            "limit=50",
            "limit=50&skip=100",
            "limit=50&skip=50",
        ]
        or len(emulator.requests) == 3
    )
    assert members.report == Report(complete=True, expected=120, seen=120, pages=3)
    assert len(members) == 120


def test_it_can_be_read_again(client: Client) -> None:
    members = client.members.list(limit=100)
    assert list(members) == list(members) == list(members.collect())


def test_pages(emulator: Emulator, client: Client) -> None:
    members = client.members.list(limit=50)
    rows: list[types.Member] = []
    page = members.page()
    assert (page.total, page.skip, page.limit, page.has_more, len(page)) == (120, 0, 50, True, 50)
    assert page.request_id == emulator.requests[0].headers["x-request-id"]
    while True:
        rows += page
        if page.next is None:
            break
        page = client.members.list(limit=50, resume=page.next).page()
    assert (page.has_more, page.skip, len(page)) == (False, 100, 20)
    assert rows == list(members)


def test_a_page_is_a_sequence(client: Client) -> None:
    page = client.members.list(limit=50).page()
    assert page[0] == next(iter(page)) and page[-1] == list(page)[-1]
    assert page[1:3] == [page[1], page[2]] and len(page[1:3]) == 2
    assert page[3] in page and list(reversed(page))[0] == page[-1]
    with pytest.raises(IndexError):
        page[50]
    assert repr(page) == "<Page: 50 rows>"


def test_len(client: Client) -> None:
    members = client.members.list(limit=50)
    with pytest.raises(TypeError, match="total"):
        len(members)
    members.page()
    assert len(members) == 120
    logs = client.audit_logs.list(limit=20)
    logs.page()
    with pytest.raises(TypeError, match="total"):
        len(logs)


def test_collect(client: Client) -> None:
    rows = client.members.list(limit=50).collect()
    assert len(rows) == 120 and rows.report == Report(complete=True, expected=120, seen=120, pages=3)
    assert repr(rows) == "<Rows: 120 rows, complete>"
    found = client.members.list(email="nobody@example.com").collect()
    assert len(found) == 0 and found.report is not None and found.report.complete
    assert found == [] and list(found) == []


def test_skip(client: Client) -> None:
    rows = client.members.list(limit=50, skip=90).collect()
    assert len(rows) == 30 and rows.report is not None and (rows.report.expected, rows.report.complete) == (30, True)


def test_break_stops_the_requests(emulator: Emulator) -> None:
    client = emulator.client(prefetch=1)
    for row in client.members.list(limit=1):
        assert row
        break
    time.sleep(0.1)
    arrived = len(emulator.requests)
    assert arrived <= 3
    time.sleep(0.2)
    assert len(emulator.requests) == arrived


def test_the_next_page_is_fetched_while_rows_are_read(emulator: Emulator) -> None:
    client = emulator.client(prefetch=1)
    for _ in client.members.list(limit=30):
        deadline = time.monotonic() + 10
        while len(emulator.requests) < 2:
            assert time.monotonic() < deadline, "nothing was fetched ahead"
            time.sleep(0.005)
        break


def test_the_report_grows(client: Client) -> None:
    members = client.members.list(limit=50)
    reading = iter(members)
    next(reading)
    assert members.report.seen == 50 and not members.report.complete and members.report.resume is not None
    rest = list(reading)
    assert len(rest) == 119 and members.report.complete and members.report.resume is None


def test_a_row_that_moved_is_given_once(emulator: Emulator, client: Client) -> None:
    first = client.members.list(limit=50).page()[0]
    emulator.fault("replace_field", path=MEMBERS, query={"skip": "50"}, name="user_id", value=first.user_id, row=0)
    rows = client.members.list(limit=50).collect()
    assert rows.report is not None
    assert (rows.report.duplicates, rows.report.seen, len(rows), rows.report.complete) == (1, 119, 119, False)
    assert "not complete" in repr(rows)


def test_a_total_that_changes(emulator: Emulator, client: Client) -> None:
    emulator.fault("replace_field", path=MEMBERS, query={"skip": "50"}, name="total", value=119, envelope=True)
    members = client.members.list(limit=50)
    list(members)
    assert members.report.total_changed


def bad_row(emulator: Emulator, **where: Any) -> None:
    emulator.fault("replace_field", path=MEMBERS, name="created_at", value=17, row=2, times=None, **where)


def test_a_bad_row_does_not_cost_the_page(emulator: Emulator, client: Client) -> None:
    bad_row(emulator)
    page = client.members.list(limit=5).page()
    assert len(page) == 4 and repr(page) == "<Page: 4 rows, 1 bad>"
    [bad] = page.bad_rows
    assert (bad.index, bad.path) == (2, "created_at")
    assert bad.reason and "17" in bad.json
    assert "@" in bad.json and "@" not in repr(bad)


def test_a_bad_row_does_not_cost_the_list(emulator: Emulator, client: Client) -> None:
    bad_row(emulator, query={"skip": "50"})
    rows = client.members.list(limit=50).collect()
    assert rows.report is not None
    assert len(rows) == 119 and (rows.report.seen, rows.report.bad_row_count) == (120, 1)
    assert rows.report.bad_rows == rows.bad_rows and rows.bad_rows[0].index == 52
    assert "1 bad" in repr(rows)


def test_a_bad_row_of_a_list_in_one_piece(emulator: Emulator, client: Client) -> None:
    emulator.fault("replace_field", path="/v2/enterprise/roles", name="role_name", value=17, row=0)
    roles = client.roles.list()
    assert len(roles.bad_rows) == 1 and roles.bad_rows[0].path == "role_name" and len(roles) > 0


def test_strict(emulator: Emulator) -> None:
    bad_row(emulator)
    with emulator.client(strict=True) as client, pytest.raises(devin_v2.APIResponseValidationError) as caught:
        client.members.list(limit=5).page()
    assert "created_at" in str(caught.value) and caught.value.body
    with emulator.client() as client, pytest.raises(devin_v2.APIResponseValidationError):
        client.with_options(strict=True).members.list(limit=5).collect()


def test_a_failed_page_keeps_what_came_before(emulator: Emulator, client: Client) -> None:
    everyone = list(client.members.list())
    emulator.fault("status", status=500, path=MEMBERS, query={"skip": "50"}, times=4)
    members = client.members.list(limit=50)
    with pytest.raises(devin_v2.InternalServerError) as caught:
        members.collect()
    partial = caught.value.partial
    assert partial is not None and partial.report is not None
    assert list(partial) == everyone[:50] and not partial.report.complete
    rest = client.members.list(limit=50, resume=partial.report.resume).collect()
    assert list(partial) + list(rest) == everyone
    assert caught.value.operation == "members.list" and caught.value.attempts == 4


def test_a_failed_page_in_a_loop(emulator: Emulator, client: Client) -> None:
    emulator.fault("status", status=404, path=MEMBERS, query={"skip": "50"})
    members = client.members.list(limit=50)
    rows = []
    with pytest.raises(devin_v2.NotFoundError):
        for row in members:
            rows.append(row)
    assert len(rows) == 50
    rows += client.members.list(limit=50, resume=members.report.resume)
    assert len({row.user_id for row in rows}) == len(rows) == 120


def test_progress_as_a_bar(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    rows = client.members.list(limit=50, progress=True).collect()
    shown = capsys.readouterr()
    assert len(rows) == 120 and shown.out == ""
    assert "members.list" in shown.err and "120/120" in shown.err


def test_a_bar_that_is_left_is_closed(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in client.members.list(limit=50, progress=True):
        break
    assert capsys.readouterr().err.endswith("\n")


def test_progress_as_a_function(client: Client) -> None:
    told: list[Report] = []
    rows = client.members.list(limit=50, progress=told.append).collect()
    assert len(rows) == 120
    assert told[0].seen == 50 and told[0].expected == 120, "after the first page"
    assert told[-1].seen == 120 and told[-1].complete, "after the last row"
    assert len(told) < 10, "page by page"
    assert [report.seen for report in told] == sorted(report.seen for report in told)


def test_a_progress_function_that_raises(client: Client) -> None:
    def tell(report: Report) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        client.members.list(progress=tell).collect()


def test_paged_by_number(client: Client) -> None:
    keys = client.api_keys.list(per_page=2)
    page = keys.page()
    assert len(page) == 2 and page.has_more and page.next
    second = client.api_keys.list(per_page=2, page=2).page()
    assert client.api_keys.list(per_page=2, resume=page.next).page() == second
    rows = keys.collect()
    assert rows.report is not None and rows.report.complete
    assert len({key.id for key in rows}) == len(rows) == page.total == len(keys)


def test_paged_by_cursor(emulator: Emulator, client: Client) -> None:
    logs = client.audit_logs.list(limit=20)
    page = logs.page()
    assert len(page) == 20 and page.total is None and page.next
    following = client.audit_logs.list(limit=20, resume=page.next).page()
    assert not {row.audit_log_id for row in page} & {row.audit_log_id for row in following}
    rows = logs.collect()
    assert rows.report is not None and rows.report.complete and rows.report.expected is None
    assert len({row.audit_log_id for row in rows}) == len(rows) == rows.report.seen > 40
    assert list(rows[:20]) == list(page) and list(rows[20:40]) == list(following)


def test_report_pickles_and_compares() -> None:
    import pickle

    report = Report(seen=3, bad_rows=[(1, "{}", "a", "odd")])
    again = pickle.loads(pickle.dumps(report))
    assert again == report and hash(again) == hash(report) and again != Report()


def test_pages_and_rows_pickle(client: Client) -> None:
    import copy
    import pickle

    for rows in (client.members.list(limit=5).page(), client.members.list().collect(), client.roles.list()):
        again = pickle.loads(pickle.dumps(rows))
        assert type(again) is type(rows) and again == rows == copy.deepcopy(rows)
        assert again.report == rows.report and again.bad_rows == rows.bad_rows
        if isinstance(rows, devin_v2.Page):
            assert (again.next, again.total, again.request_id) == (rows.next, rows.total, rows.request_id)
