"""The same order by a plain program: psycopg or sqlite3 alone, a statement for each row, no questions.

It knows the goods, their prices and their stock rows beforehand, which the product has to ask for; it checks
nothing but the stock. What it leaves behind are the rows of the product (`tests/benchmarks/orders`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from market.benchmarks.orders.shelf import Good
from market.benchmarks.web import postgres

JAKARTA = ZoneInfo("Asia/Jakarta")
NUMBER = (
    "UPDATE number_series SET last = last + 1 "
    "WHERE organization_id = ? AND series = ? AND year = ? RETURNING last"
)
FIRST_NUMBER = (
    "INSERT INTO number_series (organization_id, series, year, last) VALUES (?, ?, ?, 1) RETURNING last"
)
TAKE = (
    "UPDATE stock_item SET reserved_base = reserved_base + 1 "
    "WHERE id = ? AND on_hand_base - reserved_base >= 1 RETURNING id"
)


class SoldOut(Exception):
    """Fewer are free than the order asks for."""


def _insert(table: str, columns: str, ending: str = "") -> str:
    marks = ", ".join("?" * len(columns.split(", ")))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}){ending}"


ID = " RETURNING id"
ORDER = _insert(
    "retail_order",
    "organization_id, number, token, pickup_code, state, state_at, buyer_name, phone, note, total_rp, "
    "delivery_rp, refused_rp, placed_at, collect_by, member_sale, online_rp, wrong_codes, pay_first",
    ID,
)
HISTORY = _insert(
    "state_change",
    "subject_table, subject_id, organization_id, from_state, to_state, actor_name, actor_role, reason, at",
)
PART = _insert(
    "retail_part", "organization_id, order_id, seller_id, place, ready_on, reason, state, state_at", ID
)
RESERVATION = _insert("reservation", "organization_id, item_id, quantity_base, source, state, created_at", ID)
LINE = _insert(
    "retail_order_line",
    "organization_id, order_id, part_id, product_id, seller_id, reservation_id, name, unit_label, quantity, "
    "unit_price_rp, amount_rp, discount_rp, commission_rp, refused_pcs, refused_rp, refused_commission_rp",
)
PAYMENT = _insert(
    "payment",
    "organization_id, number, token, purpose, purpose_id, title, amount_rp, received_rp, refunded_rp, "
    "used_rp, payer_name, phone, return_path, created_at, due_at, state, state_at",
    ID,
)
ATTEMPT = _insert(
    "payment_attempt",
    "organization_id, payment_id, account_id, seq, order_id, provider_id, method, next_action, last_error, "
    "provider_status, created_at, expires_at, ask_at, state, state_at",
    ID,
)
JOB = _insert(
    "job",
    "kind, queue, payload, unique_key, state, run_at, attempts, fence, last_error, created_at",
    " ON CONFLICT DO NOTHING",
)


class Program:
    """A connection and the order over it."""

    yes: Any = True
    no: Any = False

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def execute(self, statement: str, values: Sequence[Any]) -> Any:
        """Send one statement; its first column, or None."""
        raise NotImplementedError

    def begin(self) -> None:
        """The transaction begins."""

    def at(self, instant: datetime) -> Any:
        """An instant as the database takes it."""
        return instant

    def order(self, goods: Sequence[Good], number: int) -> None:
        """All of it or nothing. Raises SoldOut."""
        self.begin()
        try:
            self._order(goods, f"Pembeli {number}", f"62811{number:08d}", datetime.now(UTC))
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            raise

    def _order(self, goods: Sequence[Good], buyer: str, phone: str, now: datetime) -> None:
        shop, today, at = goods[0].shop_id, now.astimezone(JAKARTA).date(), self.at(now)
        number, token = self._number(shop, "PJ", today.year), secrets.token_urlsafe(32)
        total_rp, until = sum(good.price_rp for good in goods), self.at(now + timedelta(minutes=30))
        code = f"{secrets.randbelow(1_000_000):06d}"
        values = (shop, number, token, code, "placed", at, buyer, phone, "", total_rp)
        order = self.execute(ORDER, (*values, 0, 0, at, until, self.no, 0, 0, self.yes))
        self._started("retail_order", order, shop, "placed", at)
        parts = self._parts(goods, order, today, at)
        for good in goods:
            self._line(good, order, parts[good.seller_id], at)
        self._payment(goods[0], number, order, total_rp, buyer, phone, token, now)

    def _number(self, shop: int, series: str, year: int) -> str:
        last = self.execute(NUMBER, (shop, series, year)) or self.execute(FIRST_NUMBER, (shop, series, year))
        return f"{series}/{year}/{last:06d}"

    def _started(
        self,
        table: str,
        row: int,
        shop: int,
        state: str,
        at: Any,
        was: str | None = None,
        role: str = "anonymous",
    ) -> None:
        who = "Pembeli" if role == "anonymous" else "Lumbung"
        self.execute(HISTORY, (table, row, shop, was, state, who, role, "", at))

    def _parts(self, goods: Sequence[Good], order: int, today: date, at: Any) -> dict[int, int]:
        parts: dict[int, int] = {}
        for seller in dict.fromkeys(good.seller_id for good in goods):
            shop, day = goods[0].shop_id, self.day(today)
            parts[seller] = self.execute(PART, (shop, order, seller, "here", day, "", "accepted", at))
            self._started("retail_part", parts[seller], shop, "waiting", at)
            self._started("retail_part", parts[seller], shop, "accepted", at, "waiting")
        return parts

    def day(self, today: date) -> Any:
        """A day as the database takes it."""
        return today

    def _line(self, good: Good, order: int, part: int, at: Any) -> None:
        if self.execute(TAKE, (good.item_id,)) is None:
            raise SoldOut
        shop, price, fee = good.shop_id, good.price_rp, (good.price_rp * good.commission_bp + 5_000) // 10_000
        source = f"retail_order:{order}:{good.id}"
        held = self.execute(RESERVATION, (shop, good.item_id, 1, source, "held", at))
        self._started("reservation", held, shop, "held", at)
        values = (
            shop,
            order,
            part,
            good.id,
            good.seller_id,
            held,
            good.name,
            good.unit_label,
            1,
            price,
            price,
        )
        self.execute(LINE, (*values, 0, fee, 0, 0, 0))

    def _payment(
        self,
        good: Good,
        order: str,
        order_id: int,
        total_rp: int,
        buyer: str,
        phone: str,
        link: str,
        now: datetime,
    ) -> None:
        shop, at, due = good.shop_id, self.at(now), self.at(now + timedelta(minutes=15))
        token, number = secrets.token_urlsafe(32), self._number(shop, "BYR", now.astimezone(JAKARTA).year)
        facts: tuple[Any, ...] = (
            shop,
            number,
            token,
            "retail_order",
            order_id,
            f"Pesanan {order}",
            total_rp,
            0,
            0,
            0,
        )
        facts = (*facts, buyer, phone, f"/pesanan-saya/{link}", at, due, "open", at)
        payment = self.execute(PAYMENT, facts)
        self._started("payment", payment, shop, "open", at)
        tag = hashlib.sha256(token.encode()).hexdigest()[:8].upper()
        facts = (
            shop,
            payment,
            good.account_id,
            1,
            f"{tag}-{payment:010d}-01",
            "",
            "qris",
            "{}",
            "",
            "",
            at,
            due,
        )
        attempt = self.execute(ATTEMPT, (*facts, self.at(now + timedelta(seconds=30)), "starting", at))
        self._started("payment_attempt", attempt, shop, "starting", at, role="system")
        payload, key = json.dumps({"attempt_id": attempt}), f"payment_started:{attempt}"
        self.execute(JOB, ("payment_started", "default", payload, key, "waiting", at, 0, 0, "", at))


class Psycopg(Program):
    """PostgreSQL; the driver begins the transaction and keeps the plans of statements that come again."""

    _SENT: dict[str, str] = {}

    def execute(self, statement: str, values: Sequence[Any]) -> Any:
        """Send one statement; its first column, or None."""
        sent = self._SENT.get(statement) or self._SENT.setdefault(statement, statement.replace("?", "%s"))
        done = self.connection.execute(sent, values)
        row = done.fetchone() if done.description is not None else None
        return row[0] if row else None


class Sqlite(Program):
    """SQLite as the product has it: WAL, FULL, foreign keys, writers begin as such and wait ten seconds."""

    yes, no = 1, 0

    def execute(self, statement: str, values: Sequence[Any]) -> Any:
        """Send one statement; its first column, or None."""
        row = self.connection.execute(statement, values).fetchone()
        return row[0] if row else None

    def begin(self) -> None:
        """The transaction begins."""
        self.connection.execute("BEGIN IMMEDIATE")

    def at(self, instant: datetime) -> str:
        """An instant as the database takes it."""
        return instant.strftime("%Y-%m-%d %H:%M:%S.%f")

    def day(self, today: date) -> str:
        """A day as the database takes it."""
        return today.isoformat()


def opened(url: str) -> Program:
    """The program for the database at `url`."""
    if not url.startswith("sqlite:///"):
        connection: Any = psycopg.connect(postgres.libpq(url))
        return Psycopg(connection)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")
    return Sqlite(connection)
