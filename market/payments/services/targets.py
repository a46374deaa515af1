"""Bank accounts of people: checked, sealed, opened only for who sends the money."""

from __future__ import annotations

import re

from market.core import crypto
from market.core.errors import Refused
from market.core.i18n import _
from market.core.text import clean
from market.payments.models_payouts import PLACES, PayeeAccount, RefundDestination

MAX_HOLDER = 80
_NUMBER = re.compile(r"[0-9]{6,20}", re.ASCII)


def checked(bank: str, number: str, holder: str) -> tuple[str, str, str]:
    """(bank's short name, digits, holder). Raises Refused at the field that cannot be right."""
    if bank not in PLACES:
        raise Refused(_("Pilih bank atau dompet dari daftar."), field="bank")
    digits = re.sub(r"[\s.-]", "", number)
    if not _NUMBER.fullmatch(digits):
        raise Refused(_("Nomor rekening atau HP terdiri dari 6 sampai 20 angka."), field="number")
    name = clean(holder, MAX_HOLDER)
    if not name:
        raise Refused(_("Tulis nama pemiliknya."), field="holder")
    return bank, digits, name


def seal_number(row: PayeeAccount | RefundDestination, digits: str) -> None:
    """Keep the number with its row alone; the row has its id."""
    row.number_sealed = crypto.seal(digits, **_place(row))


def number_of(row: PayeeAccount | RefundDestination) -> str:
    """The whole number, for who sends the money and for nothing else. Raises crypto.Unreadable."""
    return crypto.unseal(row.number_sealed, **_place(row))


def masked(row: PayeeAccount | RefundDestination) -> str:
    """Bank, the last digits and the holder: all that a page shows."""
    return f"{PLACES[row.bank]} ••••{row.last4} · {row.holder}"


def _place(row: PayeeAccount | RefundDestination) -> dict[str, str]:
    return {"table": row.__tablename__, "column": "number", "row": str(row.id)}
