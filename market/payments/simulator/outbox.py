"""Notices: written down when something happens, sent until somebody says 200, at Midtrans' intervals."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from market.core.loopback import is_loopback
from market.payments.simulator.bodies import notice_body, sign_again
from market.payments.simulator.faults import Fault
from market.payments.simulator.records import Notice, Transaction
from market.payments.simulator.settings import RETRIES, RETRY_MINUTES, Merchant
from market.payments.simulator.world import World

TIMEOUT_S = 15
HEADERS = {"Content-Type": "application/json", "User-Agent": "Veritrans", "Accept": "application/json"}


def tell(world: World, made: Transaction) -> None:
    """Write down one notice per address; nothing is sent before `send_due`."""
    if made.silent:
        return
    merchant = world.merchant(made.merchant_id)
    body = notice_body(made, merchant)
    for url in made.urls or ([merchant.notification_url] if merchant.notification_url else []):
        write(world, made.id, url, body, world.faults.of_notice(made.order_id), merchant)
    _let_go(world, made)


def write(
    world: World,
    transaction_id: str,
    url: str,
    body: dict[str, Any],
    faults: list[Fault],
    merchant: Merchant,
) -> None:
    now = world.clock.now()
    row = Notice(
        id=world.number("notice"),
        transaction_id=transaction_id,
        url=url,
        body=json.dumps(body),
        created_at=now,
        next_at=now,
        headers=dict(HEADERS),
    )
    copies = 1
    for fault in faults:
        copies = max(copies, _spoil(row, body, fault, merchant))
    for copy in range(copies):
        again = {} if copy == 0 else {"id": world.number("notice"), "attempts": []}
        world.notices.append(Notice(**{**vars(row), **again}))
    world.wake.set()


def _spoil(row: Notice, body: dict[str, Any], fault: Fault, merchant: Merchant) -> int:
    """Make the notice wrong as asked; returns how often it is sent."""
    edited: dict[str, Any] = dict(body)
    if fault.kind == "drop":
        row.next_at = None
    elif fault.kind == "duplicate":
        return int(fault.value or 2)
    elif fault.kind == "delay":
        row.next_at = row.created_at + int(fault.value or 60)
    elif fault.kind == "hold":
        row.next_at, row.held_for = None, str(fault.value or "settlement")
    elif fault.kind == "bad_signature":
        edited["signature_key"] = "0" * 128
    elif fault.kind == "edited":
        edited["transaction_status"] = str(fault.value or "settlement")
    elif fault.kind == "other_merchant":
        edited["merchant_id"] = "G999999999"
    elif fault.kind == "short_amount":
        edited["gross_amount"] = edited["gross_amount"].removesuffix(".00")
        edited = sign_again(edited, merchant)
    elif fault.kind == "unknown_order":
        edited = sign_again({**edited, "order_id": str(fault.value or "TIDAK-ADA-1")}, merchant)
    elif fault.kind == "huge":
        edited["padding"] = "x" * 200_000
    elif fault.kind == "content_type":
        row.headers["Content-Type"] = "text/plain"
    elif fault.kind == "get":
        row.method = "GET"
    row.body = json.dumps(edited)
    return 1


def _let_go(world: World, made: Transaction) -> None:
    """Notices that were held back until this state was told come behind it."""
    for row in world.notices:
        if row.held_for == made.status and row.transaction_id == made.id:
            row.held_for, row.next_at = "", world.clock.now()
            world.notices.remove(row)
            world.notices.append(row)
            break


def due(world: World) -> list[Notice]:
    now = world.clock.now()
    return sorted(
        (row for row in world.notices if row.next_at is not None and row.next_at <= now),
        key=lambda row: (row.next_at, world.notices.index(row)),
    )


def next_at(world: World) -> int | None:
    return min((row.next_at for row in world.notices if row.next_at is not None), default=None)


def send_due(world: World) -> int:
    """Send what is due; the lock is free while the other side thinks. Returns how many were sent."""
    with world.lock:
        rows = due(world)
        for row in rows:
            row.next_at = None
    for row in rows:
        answer = world.deliver(row.method, row.url, row.headers, row.body.encode())
        with world.lock:
            _note(world, row, answer)
    return len(rows)


def _note(world: World, row: Notice, answer: int) -> None:
    """Write the attempt down and plan the next one as Midtrans does."""
    now = world.clock.now()
    row.attempts.append((now, answer))
    failed = len(row.attempts)
    if 200 <= answer < 300 or failed > RETRIES.get(answer, len(RETRY_MINUTES)):
        return
    interval_s = RETRY_MINUTES[failed - 1] * 60
    shift_s = world.random.randint(1, interval_s)
    row.next_at = now + max(1, (interval_s + shift_s) // world.settings.notice_scale)
    world.wake.set()


def resend(world: World, notice_id: int) -> None:
    """Once more, by hand. Raises LookupError."""
    with world.lock:
        row = next((row for row in world.notices if row.id == notice_id), None)
        if row is None:
            raise LookupError(notice_id)
        row.next_at = world.clock.now()
    world.wake.set()


def deliver(method: str, url: str, headers: dict[str, str], body: bytes) -> int:
    """Send one notice, to this machine alone; 0 when nobody answered. 307 and 308 are followed."""
    for _hop in range(5):
        if not is_loopback(url):
            return 0
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body=body if method == "POST" else None, headers=headers)
            answer = connection.getresponse()
            answer.read(64 * 1024)
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        if answer.status not in (307, 308):
            return answer.status
        url = _target(url, answer.getheader("Location", "") or "")
    return 0


def _target(url: str, location: str) -> str:
    parts = urlsplit(url)
    return location if "://" in location else f"{parts.scheme}://{parts.netloc}{location}"
