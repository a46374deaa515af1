"""What may be typed about what follows a bill: differences, credit notes, returns, runs, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from market.core.i18n import LazyText, lazy
from market.purchasing.forms import REASONS
from market.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    PacksField,
    RupiahField,
    TextField,
)

RETURN_REASONS: dict[str, LazyText] = {key: word for key, word in REASONS.items() if key != "short"}
"""Why goods go back, in people's words."""

BANKS = (
    *("BRI", "Mandiri", "BNI", "BTN", "BSI", "BCA", "Bank Jatim", "CIMB Niaga", "Danamon", "Permata"),
    *("OCBC", "Panin", "Bank Mega", "Muamalat", "SeaBank", "Bank Jago"),
)
"""Banks that a supplier may pick; another one is typed."""


class ReasonForm(Form):
    """A word why."""

    reason = LongTextField(lazy("Alasan"), max_chars=300)


class CorrectionForm(Form):
    """The corrected invoice as it is on paper."""

    reference = TextField(lazy("Nomor tagihan yang baru"), max_chars=60)
    billed_on = DateField(lazy("Tanggal tagihan"))
    amount_rp = RupiahField(lazy("Jumlah di kertas"), least=1)


class CreditForm(Form):
    """A credit note: how much, why, and for which claim."""

    amount_rp = RupiahField(lazy("Jumlah yang dikreditkan"), least=1)
    reason = TextField(lazy("Untuk apa"), max_chars=300)
    reference = TextField(lazy("Nomor nota di kertas"), max_chars=60, required=False)
    claim_id = ChoiceField(lazy("Menyelesaikan klaim"), required=False)


class CreditMoneyForm(Form):
    """Where money that the supplier gives back arrives."""

    account = ChoiceField(lazy("Masuk ke"))
    reference = TextField(lazy("Nomor bukti atau catatan"), max_chars=80, required=False)


class CreditReturnForm(Form):
    """The number on the supplier's own credit note, where there is one."""

    reference = TextField(lazy("Nomor nota di kertas"), max_chars=60, required=False)


class ReturnForm(Form):
    """Goods that go back; `for_lines` adds how many packs of each line."""

    reason = ChoiceField(lazy("Alasan mengembalikan"))
    note = LongTextField(lazy("Keterangan"), max_chars=300, required=False)

    @classmethod
    def for_lines(cls, lines: Sequence[tuple[int, str]]) -> type[ReturnForm]:
        """A form with the fields of some order lines: (id, name of the good)."""
        fields: dict[str, Any] = {
            f"packs_{line_id}": PacksField(lazy("%(good)s, dikembalikan", good=name), least=0, required=False)
            for line_id, name in lines
        }
        return type("ReturnForm", (cls,), fields)


class RunForm(Form):
    """Bills to pay together; `for_bills` adds which, and how much of each."""

    pay_on = DateField(lazy("Rencana transfer"))
    note = TextField(lazy("Catatan untuk penyetuju"), max_chars=300, required=False)

    @classmethod
    def for_bills(cls, bills: Sequence[tuple[int, str]]) -> type[RunForm]:
        """A form with the fields of some bills: (id, number on the invoice)."""
        fields: dict[str, Any] = {}
        for bill_id, name in bills:
            fields[f"pick_{bill_id}"] = BooleanField(lazy("Bayar tagihan %(reference)s", reference=name))
            fields[f"amount_{bill_id}"] = RupiahField(
                lazy("Dibayar untuk %(reference)s", reference=name), required=False
            )
        return type("RunForm", (cls,), fields)


class TransferForm(Form):
    """The bank has transferred."""

    paid_on = DateField(lazy("Tanggal transfer"))
    reference = TextField(lazy("Nomor bukti transfer"), max_chars=80)


class AccountForm(Form):
    """Where a supplier is paid."""

    bank = TextField(lazy("Bank"), max_chars=40)
    number = TextField(lazy("Nomor rekening"), max_chars=30)
    holder = TextField(lazy("Atas nama"), max_chars=80)
