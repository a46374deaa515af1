"""Payouts of the simulation: queued by the maker's key, moved by the approver's alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from market.payments.simulator import outbox
from market.payments.simulator.charges import Refuse
from market.payments.simulator.records import PayoutRecord, stamp
from market.payments.simulator.settings import Merchant
from market.payments.simulator.world import World

DEPOSIT_RP = 1_000_000_000
NEXT = {"approved": "processed", "processed": "completed"}
GONE = ("approved", "processed", "completed")
"""States in which the money has left the deposit."""
BANKS = ("bca", "bni", "bri", "mandiri", "cimb", "permata", "bsi", "bank_jatim")


def merchant_of(world: World, key: str) -> tuple[Merchant, str] | None:
    """(whose key, which role)."""
    for merchant in world.settings.merchants:
        for role in ("maker", "approver"):
            own = getattr(merchant, f"{role}_key")
            if own and own.reveal() == key:
                return merchant, role
    return None


def create(world: World, merchant: Merchant, body: Mapping[str, Any]) -> dict[str, Any]:
    rows = body.get("payouts")
    if not isinstance(rows, list) or not rows:
        raise Refuse(400, "payouts is required")
    checked = [_checked(row) for row in rows]
    made = [_queue(world, merchant, row) for row in checked]
    return {"payouts": [{"status": row.status, "reference_no": row.reference_no} for row in made]}


def _checked(row: object) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise Refuse(400, "a payout is an object")
    amount = str(row.get("amount", ""))
    if not amount.isascii() or not amount.isdecimal() or int(amount) < 1:
        raise Refuse(400, "amount is a whole number, as text")
    if row.get("beneficiary_bank") not in BANKS or not str(row.get("beneficiary_account", "")).isdecimal():
        raise Refuse(400, "the bank or the account is not known")
    if not row.get("beneficiary_name"):
        raise Refuse(400, "beneficiary_name is required")
    return row


def _queue(world: World, merchant: Merchant, row: Mapping[str, Any]) -> PayoutRecord:
    made = PayoutRecord(
        reference_no=hashlib.sha256(world.uuid("payout", merchant.merchant_id).encode()).hexdigest()[:18],
        merchant_id=merchant.merchant_id,
        amount_rp=int(row["amount"]),
        bank=str(row["beneficiary_bank"]),
        account=str(row["beneficiary_account"]),
        name=str(row["beneficiary_name"]),
        notes=str(row.get("notes", "")),
        created_at=world.clock.now(),
        updated_at=world.clock.now(),
    )
    world.payouts[made.reference_no] = made
    _changed(world, made)
    return made


def decide(world: World, merchant: Merchant, body: Mapping[str, Any], to: str) -> dict[str, Any]:
    """Approve or reject queued payouts: all of them or none."""
    asked = body.get("reference_nos")
    rows = [_own(world, merchant, str(number)) for number in (asked if isinstance(asked, list) else [])]
    if not rows or any(row.status != "queued" for row in rows):
        raise Refuse(412, "only a queued payout can be decided on")
    if to == "approved" and sum(row.amount_rp for row in rows) > balance_rp(world, merchant):
        raise Refuse(412, "the deposit is not enough")
    for row in rows:
        row.error = str(body.get("reject_reason", ""))[:255] if to == "rejected" else ""
        _step(world, row, to)
    return {"status": "ok"}


def _own(world: World, merchant: Merchant, number: str) -> PayoutRecord:
    found = world.payouts.get(number)
    if found is None or found.merchant_id != merchant.merchant_id:
        raise Refuse(404, "there is no such payout")
    return found


def show(world: World, merchant: Merchant, number: str) -> dict[str, Any]:
    row = _own(world, merchant, number)
    return {
        "reference_no": row.reference_no,
        "amount": f"{row.amount_rp}.00",
        "beneficiary_name": row.name,
        "beneficiary_account": row.account,
        "bank": row.bank,
        "status": row.status,
        "notes": row.notes,
        "created_at": _iso(row.created_at),
        "updated_at": _iso(row.updated_at),
        **({"error_message": row.error} if row.error else {}),
    }


def balance_rp(world: World, merchant: Merchant) -> int:
    return DEPOSIT_RP - sum(
        row.amount_rp
        for row in world.payouts.values()
        if row.merchant_id == merchant.merchant_id and row.status in GONE
    )


def holder(bank: str, account: str) -> dict[str, Any]:
    """A name for every account: invented, the same each time; those that end in 000 do not exist."""
    if bank not in BANKS or not account.isdecimal() or account.endswith("000"):
        raise Refuse(404, "the account is not known")
    names = ("SITI SIMULASI", "BUDI SIMULASI", "RATNA SIMULASI", "AGUS SIMULASI")
    name = names[int(hashlib.sha256(account.encode()).hexdigest(), 16) % len(names)]
    return {"account_name": name, "account_no": account, "bank_name": bank}


def befriend(world: World, merchant: Merchant, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep somebody who is paid again and again. Raises Refuse for an account that does not exist."""
    alias, name = str(body.get("alias_name", "")), str(body.get("name", ""))
    if not re.fullmatch(r"[A-Za-z0-9]{1,20}", alias) or not name:
        raise Refuse(400, "name and alias_name (letters and digits, at most 20) are required")
    holder(str(body.get("bank", "")), str(body.get("account", "")))
    kept = world.beneficiaries.setdefault(merchant.merchant_id, {})
    if alias in kept:
        raise Refuse(400, "alias_name has been taken")
    fields = ("name", "account", "bank", "alias_name", "email")
    kept[alias] = {field: str(body.get(field, "")) for field in fields}
    return {"status": "created"}


def beneficiaries(world: World, merchant: Merchant) -> list[dict[str, str]]:
    """Everybody who was kept, in the order of coming."""
    return list(world.beneficiaries.get(merchant.merchant_id, {}).values())


def statement(world: World, merchant: Merchant, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """What left the deposit between two days (`from_date`, `to_date`), both included."""
    try:
        first, last = (date.fromisoformat(asked[name]) for name in ("from_date", "to_date"))
    except (KeyError, ValueError):
        raise Refuse(400, "from_date and to_date have the form yyyy-mm-dd") from None
    return [
        {
            "account": row.account,
            "type": "payout",
            "amount": f"{row.amount_rp}.00",
            "status": "debit",
            "reference_no": row.reference_no,
            "created_at": _iso(row.created_at),
        }
        for row in world.payouts.values()
        if row.merchant_id == merchant.merchant_id
        and row.status in GONE
        and first <= date.fromisoformat(stamp(row.updated_at)[:10]) <= last
    ]


def sweep(world: World) -> None:
    """Carry on those whose next step is due."""
    now = world.clock.now()
    for row in list(world.payouts.values()):
        while row.next_at is not None and now >= row.next_at:
            if row.fails:
                row.error = "the bank does not know the account"
            _step(world, row, "failed" if row.fails else NEXT[row.status])


def next_at(world: World) -> int | None:
    return min((row.next_at for row in world.payouts.values() if row.next_at is not None), default=None)


def _step(world: World, row: PayoutRecord, to: str) -> None:
    wait, due = world.settings.payout_step_s, row.next_at
    row.status, row.updated_at = to, world.clock.now()
    base = due if due is not None else world.clock.now()
    row.next_at = base + wait if to in NEXT and wait is not None else None
    _changed(world, row)
    _tell(world, row)


def _changed(world: World, row: PayoutRecord) -> None:
    world.save("payout", row.reference_no, asdict(row))


def _tell(world: World, row: PayoutRecord) -> None:
    merchant = world.merchant(row.merchant_id)
    if not merchant.payout_notification_url:
        return
    body = {
        "reference_no": row.reference_no,
        "amount": f"{row.amount_rp}.00",
        "status": row.status,
        "updated_at": _iso(row.updated_at),
        **({"error_message": row.error} if row.error else {}),
    }
    outbox.write(world, row.reference_no, merchant.payout_notification_url, body, [], merchant)
    notice = world.notices[-1]
    signed = hashlib.sha512(notice.body.encode() + merchant.merchant_key.reveal().encode()).hexdigest()
    notice.headers["Iris-Signature"] = signed


def _iso(at: int) -> str:
    return stamp(at).replace(" ", "T") + "+07:00"
