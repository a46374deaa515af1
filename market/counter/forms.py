"""What may be typed at the counter."""

from __future__ import annotations

from market.core.i18n import lazy
from market.rations.forms import IdentityForm
from market.web.forms import (
    BooleanField,
    ChoiceField,
    Form,
    IntegerField,
    LongTextField,
    PhoneField,
    RupiahField,
    TextField,
)

VALUES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)


class CountForm(Form):
    """Notes and coins by their value."""

    n_100000 = IntegerField("100.000", most=100_000, required=False)
    n_50000 = IntegerField("50.000", most=100_000, required=False)
    n_20000 = IntegerField("20.000", most=100_000, required=False)
    n_10000 = IntegerField("10.000", most=100_000, required=False)
    n_5000 = IntegerField("5.000", most=100_000, required=False)
    n_2000 = IntegerField("2.000", most=100_000, required=False)
    n_1000 = IntegerField("1.000", most=100_000, required=False)
    n_500 = IntegerField("500", most=100_000, required=False)
    n_200 = IntegerField("200", most=100_000, required=False)
    n_100 = IntegerField("100", most=100_000, required=False)

    def counts(self) -> dict[int, int]:
        """Value -> pieces."""
        return {value: self.values()[f"n_{value}"] or 0 for value in VALUES}


class OpenForm(CountForm):
    till = TextField(lazy("Laci"), max_chars=20)


class CloseForm(CountForm):
    reason = TextField(lazy("Sebab selisih, bila ada"), max_chars=200, required=False)


class CashMoveForm(Form):
    """Cash in or out beside sales."""

    kind = ChoiceField(lazy("Untuk apa"))
    amount_rp = RupiahField(lazy("Jumlah"), least=1)
    reason = TextField(lazy("Keterangan"), max_chars=200)


class CardForm(Form):
    card = TextField(lazy("Kartu atau nomor anggota"), max_chars=80, required=False)


class BuyerForm(IdentityForm):
    """The identity of who buys scarce goods; the NIK is never shown again."""


class TermsForm(Form):
    """What is said while paying."""

    buyer_name = TextField(lazy("Nama pembeli"), max_chars=80, required=False)
    phone = PhoneField(lazy("Nomor HP untuk nota"), required=False)
    recorded = BooleanField(lazy("Sudah dicatat di MAP"))
    map_reference = TextField(lazy("Nomor catatan MAP"), max_chars=40, required=False)


class CashForm(TermsForm):
    given_rp = RupiahField(lazy("Uang diterima"))


class OnlineForm(TermsForm):
    cash_rp = RupiahField(lazy("Dibayar tunai dahulu"), required=False)


class ReasonForm(Form):
    reason = LongTextField(lazy("Alasan"), max_chars=200)


class DecisionForm(Form):
    reason = LongTextField(lazy("Catatan"), max_chars=200, required=False)


class PriceForm(Form):
    """What a pack costs that is sold in the shop only."""

    price_rp = RupiahField(lazy("Harga di kasir"), least=1)
    barcode = TextField(lazy("Kode batang"), max_chars=20, required=False)
