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

    from ._native import BillingDay
    from ._rows import Report

    Instant: TypeAlias = datetime | BillingDay | str
    """A time: an aware `datetime`, a `BillingDay` (its start, 08:00 UTC), or text with an offset or `Z`."""

    Day: TypeAlias = date | BillingDay | str
    """A billing day: a `date`, a `BillingDay`, or text like `2025-12-05`."""

    Progress: TypeAlias = bool | Callable[[Report], object]
    """How a long listing tells how far it is: `True` shows a bar, a function is called with the `Report` after each
    page."""
