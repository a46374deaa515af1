"""When an answer is due: hours are counted while people are awake and at work."""

from __future__ import annotations

from datetime import datetime, timedelta

from market.core import clock
from market.core.i18n import lazy
from market.core.parameters import Parameter

ANSWER_HOURS = Parameter(
    "retail.answer_hours",
    4,
    "assumption: a maker looks at her phone twice in a working day",
    *(
        1,
        72,
        lazy("Penjual menjawab pesanan paling lama"),
        lazy("jam kerja (pukul 7 sampai 20)"),
        "cooperative",
    ),
)
OPENS, CLOSES = 7, 20
"""Hours of the day (Jakarta) in which silence counts."""


def answer_by(now: datetime, organization_id: int) -> datetime:
    """The instant until which a seller who is asked now may answer (UTC)."""
    return after_hours(now, ANSWER_HOURS.value(organization_id=organization_id))


def after_hours(now: datetime, hours: int) -> datetime:
    """The instant at which so many opening hours have passed."""
    left, at = timedelta(hours=hours), clock.wib(now)
    while True:
        opens, closes = (at.replace(hour=h, minute=0, second=0, microsecond=0) for h in (OPENS, CLOSES))
        at = max(at, opens)
        if at + left <= closes:
            return now + (at + left - clock.wib(now))
        left -= max(timedelta(0), closes - at)
        at = opens + timedelta(days=1)
