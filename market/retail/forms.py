"""What may be typed when buying, and at the counter."""

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
    TextField,
)


class OrderForm(Form):
    """Who collects: a phone number is enough. The basket itself travels in the signed cookie."""

    buyer_name = TextField(lazy("Nama Anda"), max_chars=80, required=False)
    phone = PhoneField(lazy("Nomor HP"))
    pay = ChoiceField(lazy("Cara bayar"), required=False)
    note = LongTextField(lazy("Pesan untuk koperasi"), max_chars=300, required=False)
    expected_total_rp = IntegerField(required=False, most=10**13)


class HandOverForm(IdentityForm):
    """The code that the buyer shows, and the card for scarce goods."""

    pickup_code = TextField(lazy("Kode ambil"), max_chars=12)
    member_sale = BooleanField(lazy("Pembeli anggota koperasi"))
    cash_rp = IntegerField(required=False, most=10**13)


class RefusalForm(Form):
    """Why something does not come."""

    reason = TextField(lazy("Alasan untuk pembeli"), max_chars=200)


class HomeStockForm(Form):
    """How many pieces lie at home for new buyers; the second is what the page showed."""

    quantity = IntegerField(lazy("Siap dijual"), most=10_000)
    seen_quantity = IntegerField(required=False, most=10_000)


class CancelForm(Form):
    reason = TextField(lazy("Alasan"), max_chars=200)
