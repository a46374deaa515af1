"""What may be typed about pre-orders."""

from __future__ import annotations

from market.core.i18n import lazy
from market.rations.forms import IdentityForm
from market.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    IntegerField,
    PacksField,
    PhoneField,
    RupiahField,
    TextField,
)


class PreOrderForm(Form):
    """What residents may order; packs are passed in as choices."""

    pack_id = ChoiceField(lazy("Barang"), coerce=int)
    price_rp = RupiahField(lazy("Harga paling tinggi per kemasan"), least=1)
    goal_units = PacksField(lazy("Kalau terkumpul"), required=False)
    goal_price_rp = RupiahField(lazy("Harganya menjadi"), least=1, required=False)
    least_units = PacksField(lazy("Paling sedikit per keluarga"))
    most_units = PacksField(lazy("Paling banyak per keluarga"), required=False)
    closes_on = DateField(lazy("Pesan paling lambat"))
    pickup_from_on = DateField(lazy("Diambil mulai"))
    pickup_until_on = DateField(lazy("Diambil paling lambat"))
    note = TextField(lazy("Catatan untuk warga"), max_chars=300, required=False)


class AskForm(Form):
    """What a household wants."""

    buyer_name = TextField(lazy("Nama Anda"), max_chars=80)
    phone = PhoneField(lazy("Nomor HP"))
    wanted = PacksField(lazy("Saya mau"))
    at_most = PacksField(lazy("Paling banyak"), required=False)


class ChangeForm(Form):
    """What a household wants instead."""

    wanted = PacksField(lazy("Saya mau"))
    at_most = PacksField(lazy("Paling banyak"), required=False)


class ShareForm(Form):
    """How much came for the pre-order."""

    units = PacksField(lazy("Barang untuk pra-pesan"))


class ReasonForm(Form):
    """Why nothing will come."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class HandOverForm(IdentityForm):
    """A refill against its empties, and the card of who takes it."""

    pickup_code = TextField(lazy("Kode ambil"), max_chars=12)
    empties_in = IntegerField(lazy("Tabung kosong yang dibawa"), most=50)
    recorded = BooleanField(lazy("Sudah dicatat di MAP"))
    map_reference = TextField(lazy("Nomor MAP"), max_chars=40, required=False)
