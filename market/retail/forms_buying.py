"""What a buyer types beside the goods: a door, a voucher, a member's number; and a complaint."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import (
    ChoiceField,
    Form,
    IntegerField,
    LongTextField,
    PhotoField,
    TextField,
)

WISHES = {"refund": lazy("Uang kembali"), "replacement": lazy("Barang pengganti")}


class ExtrasForm(Form):
    """How the goods come to the buyer, and what makes them cheaper."""

    way = ChoiceField(lazy("Barang sampai ke Anda"), required=False)
    place_code = ChoiceField(lazy("Kelurahan tujuan"), required=False)
    address = TextField(lazy("Alamat lengkap"), max_chars=200, required=False)
    landmark = TextField(lazy("Patokan untuk kurir"), max_chars=120, required=False)
    voucher = TextField(lazy("Kode voucher"), max_chars=24, required=False)
    member_number = TextField(lazy("Nomor anggota"), max_chars=60, required=False)


class ComplaintForm(Form):
    """What is wrong with what, and what the buyer wants."""

    line_id = ChoiceField(lazy("Barang yang mana?"), coerce=int)
    quantity = IntegerField(lazy("Berapa banyak?"), least=1, most=1_000)
    wish = ChoiceField(lazy("Anda ingin apa?"))
    words = LongTextField(lazy("Apa yang salah?"), max_chars=600)
    photo = PhotoField(lazy("Foto barangnya"), required=False)


class WordsForm(Form):
    words = LongTextField(lazy("Pesan"), max_chars=600)
