"""What arguments may be, in the annotations of all calls."""

from __future__ import annotations

from ._native import NotGiven
from ._typing import TYPE_CHECKING

NOT_GIVEN = NotGiven()
"""An argument that is left out, which is something else than `None`: `None` sends null."""

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from typing import TypeAlias

    from ._native import BillingDay, BillingDays
    from ._rows import Report
    from .types import BillingCycle

    Instant: TypeAlias = datetime | BillingDay | str
    """A time: an aware `datetime`, a `BillingDay` (its start, 08:00 UTC), or text with an offset or `Z`."""

    Day: TypeAlias = date | datetime | BillingDay | str
    """A billing day: a `date`, a `BillingDay`, or text like `2025-12-05`; or one of its borders, 08:00 UTC, as a
    `datetime`."""

    Days: TypeAlias = str | Day | BillingDays | BillingCycle | tuple[Day, Day] | list[Day]
    """Billing days: a month (`2026-02`), a day, `BillingDays`, a `BillingCycle`, or a pair. A date at the end of a pair is
    included, a `datetime` is excluded."""

    Progress: TypeAlias = bool | Callable[[Report], object]
    """How a long listing tells how far it is: `True` shows a bar, a function is called with the `Report` after each
    page."""
