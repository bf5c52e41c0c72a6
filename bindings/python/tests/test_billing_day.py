"""Days as the service bills them: from 08:00 UTC."""

from __future__ import annotations

import copy
import datetime
import pickle
from typing import Any
from urllib.parse import parse_qs

import pytest

from devin_v2 import BillingDay, BillingDays, Client, RefusedError
from devin_v2.testing import Emulator

UTC = datetime.UTC


def test_borders() -> None:
    day = BillingDay("2026-02-28")
    assert day.start == datetime.datetime(2026, 2, 28, 8, tzinfo=UTC)
    assert day.end == datetime.datetime(2026, 3, 1, 8, tzinfo=UTC) == day.next().start
    assert day.date == datetime.date(2026, 2, 28)
    assert str(day) == day.isoformat() == "2026-02-28" and repr(day) == "BillingDay('2026-02-28')"
    assert eval(repr(day)) == day


def test_made_of() -> None:
    day = BillingDay("2026-02-28")
    assert BillingDay(datetime.date(2026, 2, 28)) == day == BillingDay(day)


@pytest.mark.parametrize(
    "value", ["", "2026-02-30", "28.2.2026", "2026-02-28T08:00:00Z", datetime.datetime(2026, 2, 28)]
)
def test_what_is_no_day(value: object) -> None:
    with pytest.raises(RefusedError):
        BillingDay(value)  # type: ignore[arg-type]


def test_of_another_type() -> None:
    for value in (None, 7, object()):
        with pytest.raises((TypeError, RefusedError)):
            BillingDay(value)  # type: ignore[arg-type]


def test_containing() -> None:
    assert BillingDay.containing("2026-03-01T07:59:59Z") == BillingDay("2026-02-28")
    assert BillingDay.containing("2026-03-01T08:00:00Z") == BillingDay("2026-03-01")
    assert BillingDay.containing(datetime.datetime(2026, 3, 1, 7, 59, 59, tzinfo=UTC)) == BillingDay("2026-02-28")
    tokyo = datetime.timezone(datetime.timedelta(hours=9))
    assert BillingDay.containing(datetime.datetime(2026, 3, 1, 16, 59, tzinfo=tokyo)) == BillingDay("2026-02-28")
    for naive in (datetime.datetime(2026, 3, 1), "2026-03-01T08:00:00", "2026-03-01"):
        with pytest.raises(RefusedError):
            BillingDay.containing(naive)


def test_today() -> None:
    before = BillingDay.containing(datetime.datetime.now(UTC))
    assert BillingDay.today() in (before, before.next())


def test_steps_and_ranges() -> None:
    day = BillingDay("2026-02-27")
    assert [str(one) for one in day.through(BillingDay("2026-03-01"))] == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert day.through(day) == [day] and day.through(day.prev()) == []
    assert day.next().prev() == day


def test_order_hash_and_copies() -> None:
    day, later = BillingDay("2026-02-27"), BillingDay("2026-02-28")
    assert day < later and later >= day and day != later and max(day, later) is later
    assert len({day, BillingDay("2026-02-27"), later}) == 2
    assert day != "2026-02-27"
    assert pickle.loads(pickle.dumps(day)) == copy.deepcopy(day) == copy.copy(day) == day


def test_in_calls(emulator: Emulator, client: Client) -> None:
    first, last = BillingDay("2026-02-01"), BillingDay("2026-02-28")
    for days in ((first, last), ("2026-02-01", "2026-02-28"), (first.date, last.date)):
        used = client.consumption.daily(billing_days=days)
        assert set(used.consumption_by_date) <= {str(day) for day in first.through(last)}
    by_times = client.consumption.daily(start_date=first, end_date=last.next())
    assert by_times == used
    assert len({request.query for request in emulator.requests}) == 1
    with pytest.raises(RefusedError):
        client.consumption.daily(billing_days=(last, first))
    with pytest.raises((RefusedError, TypeError)):
        client.consumption.daily(billing_days=(first, last), start_date=first)


def test_arithmetic() -> None:
    day = BillingDay("2026-02-27")
    assert day + 2 == 2 + day == BillingDay("2026-03-01") and day - 27 == BillingDay("2026-01-31")
    assert BillingDay("2026-03-01") - day == 2 and day - BillingDay("2026-03-01") == -2
    for nonsense in (lambda: day + "1", lambda: day - 1.5, lambda: day + day, lambda: 1 - day):
        with pytest.raises(TypeError):
            nonsense()


def test_ranges_of_days() -> None:
    month = BillingDays("2026-02")
    assert (len(month), str(month.first), str(month.last)) == (28, "2026-02-01", "2026-02-28")
    assert (month.start, month.end) == (month.first.start, BillingDay("2026-03-01").start)
    assert list(month) == month.first.through(month.last) and month[27] == month[-1] == month.last
    assert month.last in month and month.last + 1 not in month and "2026-02-01" not in month
    with pytest.raises(IndexError):
        month[28]
    assert month == BillingDays("2026-02-01", "2026-02-28") == BillingDays((month.first, month.last))
    assert month == BillingDays.between(month.start, month.end) == BillingDays(month.start, month.end)
    assert BillingDays(month.first) == BillingDays("2026-02-01") and len(BillingDays(month.first)) == 1
    assert repr(month) == "BillingDays('2026-02-01', '2026-02-28')"
    assert pickle.loads(pickle.dumps(month)) == copy.copy(month) == month and len({month, BillingDays("2026-02")}) == 1


def test_a_cycle_is_its_days(emulator: Emulator, client: Client) -> None:
    cycle = client.consumption.cycles()[-2]
    assert cycle.days == BillingDays(cycle) == BillingDays(cycle.start, cycle.end)
    assert (cycle.days.start, cycle.days.end) == (cycle.start, cycle.end)
    emulator.reset()
    by_cycle = client.consumption.daily(billing_days=cycle)
    for days in ((cycle.start, cycle.end), cycle.days, (cycle.days.first, cycle.days.last), cycle.to_dict()):
        assert client.consumption.daily(billing_days=days) == by_cycle
    queries = {request.query for request in emulator.requests}
    assert len(queries) == 1


@pytest.mark.parametrize(
    "days",
    [
        (datetime.datetime(2026, 2, 1, tzinfo=UTC), datetime.datetime(2026, 3, 1, 8, tzinfo=UTC)),
        (datetime.datetime(2026, 2, 1, 8), datetime.datetime(2026, 3, 1, 8)),
        (BillingDay("2026-02-01").start, BillingDay("2026-02-01").start),
        "2026-02-01T08:00:00Z",
        "2026-13",
        ["2026-02-01"],
        {"start": "2026-02-01T08:00:00Z"},
        5,
    ],
)
def test_what_is_no_range_is_refused(emulator: Emulator, client: Client, days: Any) -> None:
    emulator.reset()
    with pytest.raises(RefusedError, match="billing cycle") as refused:
        client.consumption.daily(billing_days=days)
    assert refused.value.field == "billing_days" and emulator.requests == []


def test_sessions_take_days(emulator: Emulator, client: Client) -> None:
    emulator.reset()
    both = client.sessions.list(billing_days=("2026-02-01", "2026-02-02")).collect()
    halves = [client.sessions.list(billing_days=day).collect() for day in ("2026-02-01", "2026-02-02")]
    ids = [session.session_id for half in halves for session in half]
    assert sorted(ids) == sorted(session.session_id for session in both)
    query = parse_qs(emulator.requests[0].query)
    assert query["created_date_from"] == ["2026-02-01T08:00:00Z"]
    assert query["created_date_to"] == ["2026-02-03T07:59:59.999999Z"]
