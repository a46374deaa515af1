"""The one clock. Nothing else in the product asks the machine for the time of day."""

import datetime as dt
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")

_configured = dt.timedelta()
_shift = dt.timedelta()
_production = False


def configure(offset_s: int = 0, production: bool = False) -> None:
    """Set the lasting offset of this process, in seconds; who has travelled stays as far ahead of it.

    ValueError for an offset in production.
    """
    global _configured, _shift, _production
    if production and offset_s:
        raise ValueError("a clock offset is not allowed in production")
    before, _configured = _configured, dt.timedelta(seconds=offset_s)
    _shift = _configured if production else _shift + _configured - before
    _production = production


def now() -> dt.datetime:
    """This instant, aware, UTC."""
    return dt.datetime.now(dt.UTC) + _shift


def today() -> dt.date:
    """The date on the wall in Jakarta, the date of every business fact."""
    return wib(now()).date()


def wib(instant: dt.datetime) -> dt.datetime:
    """The same instant in western Indonesian time. ValueError for a naive value: it could mean anything."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no place on the clock")
    return instant.astimezone(WIB)


def start_of(day: dt.date) -> dt.datetime:
    """The instant (UTC) at which `day` begins in Jakarta."""
    return dt.datetime.combine(day, dt.time(), WIB).astimezone(dt.UTC)


def offset_s() -> int:
    """Seconds by which this process runs ahead of the machine."""
    return round(_shift.total_seconds())


def travel(seconds: float = 0, *, to: dt.datetime | None = None) -> None:
    """Move the clock on by `seconds`, or to the aware instant `to`. RuntimeError in production."""
    global _shift
    if _production:
        raise RuntimeError("nobody travels in time in production")
    if to is not None:
        if to.tzinfo is None:
            raise ValueError("travel needs an aware datetime")
        _shift = to - dt.datetime.now(dt.UTC)
    _shift += dt.timedelta(seconds=seconds)


def reset() -> None:
    """Back to the configured offset."""
    global _shift
    _shift = _configured
