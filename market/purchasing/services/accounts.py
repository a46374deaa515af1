"""Where a supplier is paid: the supplier alone says so, and everybody who owes it money is told."""

from __future__ import annotations

import re

from market.core import clock, crypto, db
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models_bills import SupplierAccount
from market.purchasing.services.announcing import announce_account

_NUMBER = re.compile(r"[0-9]{6,20}", re.ASCII)


def name_account(actor: Actor, bank: str, number: str, holder: str) -> SupplierAccount:
    """Name the bank account to which the actor's organization is paid from now on.

    The number is kept sealed. Raises Forbidden, Refused for a number that is none.
    """
    actor.require(Permission.ACCOUNT_KEEP)
    digits = re.sub(r"[\s.-]", "", number)
    if not _NUMBER.fullmatch(digits):
        raise Refused(_("Nomor rekening terdiri dari 6 sampai 20 angka."), field="number")
    before = queries.account_of(actor.organization_id or 0)
    if before is not None:
        before.ended_at = clock.now()
        db.session.flush()
    account = SupplierAccount(
        organization_id=actor.organization_id,
        bank=clean(bank, 40),
        last4=digits[-4:],
        holder=clean(holder, 80),
        added_at=clock.now(),
        added_by=actor.user_id,
    )
    db.session.add(account)
    db.session.flush()
    account.number_sealed = crypto.seal(digits, **_place(account))
    db.session.flush()
    if before is not None:
        announce_account(account.organization_id, queries.buyers_owing(account.organization_id))
    return account


def number_of(account: SupplierAccount) -> str:
    """The whole number, for the file that goes to the bank and for nothing else."""
    return crypto.unseal(account.number_sealed, **_place(account))


def _place(account: SupplierAccount) -> dict[str, str]:
    return {"table": "supplier_account", "column": "number", "row": str(account.id)}
