"""What may be typed about savings."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, DateField, Form, RupiahField, TextField


class RateForm(Form):
    """What a meeting resolved."""

    amount_rp = RupiahField(lazy("Simpanan pokok"), least=1)
    resolution = TextField(lazy("Rapat dan nomor keputusan"), max_chars=300)
    resolved_on = DateField(lazy("Tanggal rapat"))
    valid_from_on = DateField(lazy("Berlaku mulai"))


class ReceiptForm(Form):
    """The amount that the page showed when the money was taken."""

    seen_rp = RupiahField(lazy("Jumlah"))


class ReasonForm(Form):
    """Why not."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class AccountForm(Form):
    """Where the money goes out."""

    account = ChoiceField(lazy("Dibayar dari"))
