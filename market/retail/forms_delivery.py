"""What the counter types about couriers and complaints, and what a courier types at the door."""

from __future__ import annotations

from market.core.i18n import lazy
from market.rations.forms import IdentityForm
from market.retail.forms_board import TicksField
from market.web.forms import (
    ChoiceField,
    Form,
    IntegerField,
    LongTextField,
    PhoneField,
    PhotoField,
    RupiahField,
    TextField,
)


class RunForm(Form):
    """Who brings what today."""

    courier_name = TextField(lazy("Nama kurir"), max_chars=80)
    courier_phone = PhoneField(lazy("HP kurir"))
    stops = TicksField(lazy("Antaran"))


class HandInForm(Form):
    amount_rp = RupiahField(lazy("Uang yang disetor"), least=1)


class DoorForm(IdentityForm):
    """At the door: the buyer's code, or a photo and a name; the card for scarce goods."""

    pickup_code = TextField(lazy("Kode dari pembeli"), max_chars=12, required=False)
    receiver_name = TextField(lazy("Nama penerima"), max_chars=80, required=False)
    photo = PhotoField(lazy("Foto barang di depan pintu"), required=False)
    cash_rp = IntegerField(required=False, most=10**13)


class FailedForm(Form):
    reason = TextField(lazy("Kenapa gagal?"), max_chars=200)


GOODS = {
    "kept": lazy("tetap pada pembeli"),
    "shelf": lazy("kembali ke rak"),
    "lost": lazy("rusak atau kembali ke pembuatnya"),
}
BEARERS = {"cooperative": lazy("koperasi"), "seller": lazy("penjual")}


class RefundForm(Form):
    """Money back."""

    refund_rp = RupiahField(lazy("Uang yang dikembalikan"), least=1)
    goods = ChoiceField(lazy("Barangnya"))
    bearer = ChoiceField(lazy("Ditanggung"))
    words = LongTextField(lazy("Pesan untuk pembeli"), max_chars=600, required=False)


class ReplaceForm(Form):
    """Other goods for nothing."""

    bearer = ChoiceField(lazy("Ditanggung"))
    words = LongTextField(lazy("Pesan untuk pembeli"), max_chars=600, required=False)


class CodeForm(Form):
    pickup_code = TextField(lazy("Kode dari pembeli"), max_chars=12)
