"""Days as the service bills them: from 08:00 UTC."""

from __future__ import annotations

import copy
import datetime
import pickle

import pytest

from devin_v2 import BillingDay, Client, RefusedError
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
