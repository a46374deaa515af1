"""The one table of who reacts to what: job handlers, schedules, navigation.

News travels upward only here: a part writes a job, a part above it handles it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from market.core import approvals, idempotency
from market.core.i18n import LazyText, lazy
from market.core.jobs import Handler
from market.core.permissions import Permission as P

HANDLERS: dict[str, Handler] = {}
"""Kind of job -> handler. A kind that is enqueued and not listed here is found by a test."""


@dataclass(frozen=True)
class Schedule:
    """Something done again and again; `every_s` seconds apart."""

    name: str
    every_s: int
    act: Callable[[], Any]


SCHEDULES: tuple[Schedule, ...] = (
    Schedule("lapse_approvals", 600, approvals.lapse_old),
    Schedule("prune_idempotency", 3600, idempotency.prune),
)


@dataclass(frozen=True)
class NavItem:
    """A place in the bottom bar (phone) or left rail (desk); at most five per kind of organization."""

    label: LazyText
    icon: str
    endpoint: str
    permission: P


NAV: dict[str, tuple[NavItem, ...]] = {
    kind: (NavItem(lazy("Hari ini"), "home", "home.show", P.HOME_VIEW),)
    for kind in ("cooperative", "supplier", "seller", "office", "bank", "platform")
}
