"""Faults on order: which answer goes wrong, how, and how often. None without being asked for."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Any

BEFORE = frozenset(
    {"http_status", "html", "empty", "delay", "drop_before", "reset", "redirect", "too_many", "in_process"}
)
"""Nothing has happened yet."""
AFTER = frozenset(
    {
        "drop_after",
        "slow_body",
        "truncated",
        "bad_json",
        "json_list",
        "odd_code",
        "html_after",
        "error_after",
        "wrong_amount",
        "wrong_order",
        "uppercase",
        "unknown_status",
        "extra_fields",
        "missing_fields",
        "lose_key",
        "huge",
    }
)
"""It has happened, and the answer does not say so as it should."""
NOTICE = frozenset(
    {
        "drop",
        "duplicate",
        "delay",
        "hold",
        "bad_signature",
        "edited",
        "other_merchant",
        "short_amount",
        "unknown_order",
        "huge",
        "content_type",
        "get",
    }
)


@dataclass
class Fault:
    """`endpoint` is the API's word (charge, status, cancel, expire, refund, payouts, notice) or `*`."""

    kind: str
    endpoint: str = "*"
    order: str = ".*"
    nth: int = 1
    times: int = 1
    value: Any = None
    seen: int = 0

    def __post_init__(self) -> None:
        known = NOTICE if self.endpoint == "notice" else BEFORE | AFTER
        if self.kind not in known:
            raise ValueError(f"no such fault: {self.kind}")
        re.compile(self.order)

    def strikes(self, endpoint: str, order_id: str) -> bool:
        if self.endpoint not in ("*", endpoint) or not re.fullmatch(self.order, order_id or ""):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class Faults:
    """The list; several may strike one call, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._list: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, kind: str, endpoint: str = "*", **given: Any) -> Fault:
        """Ask for a fault. Raises ValueError for an unknown kind."""
        made = Fault(kind, endpoint, **given)
        with self._lock:
            self._list.append(made)
        return made

    def clear(self) -> None:
        with self._lock:
            self._list.clear()

    def of_call(self, endpoint: str, order_id: str) -> list[Fault]:
        return self._striking(endpoint, order_id, notice=False)

    def of_notice(self, order_id: str) -> list[Fault]:
        return self._striking("notice", order_id, notice=True)

    def _striking(self, endpoint: str, order_id: str, *, notice: bool) -> list[Fault]:
        with self._lock:
            return [
                fault
                for fault in self._list
                if (fault.endpoint == "notice") == notice and fault.strikes(endpoint, order_id)
            ]
