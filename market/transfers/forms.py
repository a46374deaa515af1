"""What may be typed about stock between cooperatives."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, Form, PacksField, RupiahField, TextField

ACCOUNTS = {"1-1100": lazy("Kas"), "1-1200": lazy("Bank")}
SHORTAGES = {
    "missing": lazy("Tidak sampai"),
    "broken": lazy("Rusak"),
    "wet": lazy("Basah"),
    "expired": lazy("Kedaluwarsa"),
    "wrong": lazy("Barang salah"),
    "other": lazy("Lain-lain"),
}


class OfferForm(Form):
    """How many packs go to the neighbours, at what price each."""

    packs = PacksField(lazy("Jumlah"))
    price_rp = RupiahField(lazy("Harga per kemasan"), least=1)


class TakingForm(Form):
    """How many packs the own need takes."""

    packs = PacksField(lazy("Jumlah yang diambil"))


class ArrivalForm(Form):
    """What arrived, and why not all of it."""

    packs = PacksField(lazy("Jumlah yang diterima"), least=0)
    shortage = ChoiceField(lazy("Sebab kurang"), required=False)
    note = TextField(lazy("Catatan"), max_chars=300, required=False)


class ClearingForm(Form):
    """What came back to the shelf."""

    returned_packs = PacksField(lazy("Kembali ke rak"), least=0)


class ReasonForm(Form):
    """Why something is taken back or refused."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class PaymentForm(Form):
    """Out of which account, with what reference."""

    account = ChoiceField(lazy("Dari"))
    reference = TextField(lazy("Nomor bukti"), max_chars=80, required=False)


class MoneyForm(Form):
    """Where the money was found."""

    account = ChoiceField(lazy("Masuk ke"))
