"""The simulated provider's whole state behind one lock, its clock and its memory on disk."""

from __future__ import annotations

import datetime as dt
import json
import random
import sqlite3
import threading
import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from market.core import clock
from market.core.i18n import _
from market.payments.simulator.faults import Faults
from market.payments.simulator.records import Notice, PayoutRecord, Refund, Transaction, Withdrawal
from market.payments.simulator.settings import IDEMPOTENCY_S, Merchant, Settings

NAMESPACE = uuid.UUID("6d5a3c1e-0000-4000-8000-53494d554c41")
Deliver = Callable[[str, str, dict[str, str], bytes], int]
"""(method, url, headers, body) -> status of the answer; 0 when there was none."""


class Clock:
    """Seconds that follow the product's clock, or stand still until somebody moves them on."""

    def __init__(self, start: dt.datetime | None = None) -> None:
        self._start = int(start.timestamp()) if start else None
        self._shift = 0

    @property
    def virtual(self) -> bool:
        return self._start is not None

    def now(self) -> int:
        base = int(clock.now().timestamp()) if self._start is None else self._start
        return base + self._shift

    def move(self, seconds: int) -> None:
        self._shift += seconds


class World:
    """Everything that happens goes through here; `lock` is held by whoever looks or changes."""

    def __init__(
        self,
        settings: Settings,
        deliver: Deliver,
        clock_: Clock | None = None,
        memory: Path | None = None,
    ) -> None:
        self.settings = settings
        self.deliver = deliver
        self.clock = clock_ or Clock()
        self.lock = threading.RLock()
        self.wake = threading.Event()
        self.faults = Faults()
        self.seed = settings.seed
        self.random = random.Random(self.seed)
        self.requests: list[tuple[str, str]] = []
        self.memory = memory
        self.forget()
        if memory is not None:
            self._remember(memory)

    def forget(self) -> None:
        """As on the first day: for tests and a demo that starts anew."""
        with self.lock:
            self.counters: dict[str, int] = {}
            self.transactions: dict[str, Transaction] = {}
            self.orders: dict[tuple[str, str], str] = {}
            self.notices: list[Notice] = []
            self.payouts: dict[str, PayoutRecord] = {}
            self.beneficiaries: dict[str, dict[str, dict[str, str]]] = {}
            self.withdrawals: dict[str, Withdrawal] = {}
            self.answers: dict[str, tuple[int, int, dict[str, Any]]] = {}
            self.running: set[str] = set()
            self.snaps: dict[str, dict[str, Any]] = {}
            self.faults.clear()
            self.random.seed(self.seed)
            self.requests.clear()

    def reseed(self, seed: int) -> None:
        """As on the first day, with other names and numbers."""
        self.seed = seed
        self.forget()

    # Names and numbers: the same calls give the same ones

    def number(self, name: str) -> int:
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def uuid(self, name: str, merchant_id: str) -> str:
        text = f"{merchant_id}|{self.seed}|{name}|{self.number(name)}"
        return str(uuid.uuid5(NAMESPACE, text))

    # Who asks, and for what

    def merchant_of(self, key: str) -> Merchant | None:
        return next(
            (m for m in self.settings.merchants if any(k.reveal() == key for k in m.server_keys)), None
        )

    def merchant(self, merchant_id: str) -> Merchant:
        return next(m for m in self.settings.merchants if m.merchant_id == merchant_id)

    def find(self, merchant_id: str, name: str) -> Transaction | None:
        """By order id (the newest) or by transaction id, among this merchant's."""
        found = self.transactions.get(self.orders.get((merchant_id, name), name))
        return found if found is not None and found.merchant_id == merchant_id else None

    def add(self, made: Transaction) -> None:
        self.transactions[made.id] = made
        self.orders[made.merchant_id, made.order_id] = made.id
        self.save("transaction", made.id, asdict(made))

    def changed(self, made: Transaction) -> None:
        self.save("transaction", made.id, asdict(made))

    # Idempotency: five minutes, one shelf for all endpoints, the body is not looked at

    def stored_answer(self, key: str) -> tuple[int, dict[str, Any]] | None:
        kept = self.answers.get(key)
        if kept is None or self.clock.now() - kept[0] > IDEMPOTENCY_S:
            return None
        return kept[1], kept[2]

    def store_answer(self, key: str, http: int, body: dict[str, Any]) -> None:
        if http < 300 and str(body.get("status_code", "200")).startswith("2"):
            self.answers[key] = (self.clock.now(), http, body)

    # Memory: a demo that is started again finds what was paid

    def _remember(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS thing (kind TEXT, id TEXT PRIMARY KEY, json TEXT)")
            rows = connection.execute("SELECT kind, id, json FROM thing ORDER BY rowid").fetchall()
        connection.close()
        for kind, id_, text in rows:
            stored = json.loads(text)
            if kind == "transaction":
                stored["refunds"] = [Refund(**row) for row in stored["refunds"]]
                made = Transaction(**stored)
                self.transactions[id_] = made
                self.orders[made.merchant_id, made.order_id] = id_
            elif kind == "payout":
                self.payouts[id_] = PayoutRecord(**stored)
            elif kind == "withdrawal":
                self.withdrawals[id_] = Withdrawal(**stored)
            elif kind == "counters":
                self.counters = stored

    def save(self, kind: str, id_: str, value: dict[str, Any]) -> None:
        self.wake.set()
        if self.memory is None:
            return
        rows = [(kind, id_, json.dumps(value)), ("counters", "counters", json.dumps(self.counters))]
        with sqlite3.connect(self.memory, timeout=10) as connection:
            connection.executemany("INSERT OR REPLACE INTO thing (kind, id, json) VALUES (?, ?, ?)", rows)
        connection.close()


def name_of(made: Transaction) -> str:
    """What a person calls this way of paying."""
    bank = (made.shown.get("va_numbers") or [{}])[0].get("bank", "")
    names = {
        "qris": "QRIS",
        "gopay": "GoPay",
        "echannel": _("Tagihan Mandiri"),
        "cstore": str(made.shown.get("store", "")).title(),
    }
    return names.get(made.payment_type) or _("Akun virtual %(bank)s", bank=(bank or "Permata").upper())
