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
from market.notices import jobs as notices_jobs
from market.purchasing import jobs as purchasing_jobs
from market.purchasing import services as purchasing
from market.retail import services as retail
from market.rounds import jobs as rounds_jobs
from market.rounds import services as rounds
from market.stock import services as stock

HANDLERS: dict[str, Handler] = {
    "round_closed": rounds_jobs.on_round_closed,
    "round_rematch": rounds_jobs.on_round_rematch,
    "answers_due": rounds_jobs.on_answers_due,
    "goods_received": rounds_jobs.on_goods_received,
    "order_closed": rounds_jobs.on_order_closed,
    "notice_mail": notices_jobs.on_notice_mail,
    "order_issued": purchasing_jobs.on_order_issued,
    "supplier_paid": purchasing_jobs.on_supplier_paid,
}
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
    Schedule("close_due_rounds", 30, rounds.close_due_rounds),
    Schedule("expire_retail_orders", 60, retail.expire_orders),
    Schedule("lapse_payments", 600, purchasing.lapse_payments),
    Schedule("lapse_write_offs", 600, stock.lapse_write_offs),
    Schedule("release_expired_stock", 30, stock.release_expired),
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
NAV["seller"] += (
    NavItem(lazy("Produk"), "tag", "catalogue.index", P.PRODUCTS_VIEW),
    NavItem(lazy("Kabar"), "info", "notices.index", P.NOTICES_VIEW),
)
NAV["cooperative"] += (NavItem(lazy("Penjualan"), "basket", "retail.index_orders", P.RETAIL_VIEW),)
