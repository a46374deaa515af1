"""What may be typed about prepaid buying."""

from __future__ import annotations

from market.core.i18n import lazy
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

ACCOUNTS = {"1-1100": lazy("Kas"), "1-1200": lazy("Bank")}
ONLINE = {"1-1250": lazy("Lewat internet")}
"""Where money comes to that nobody takes by hand."""


class PoolForm(Form):
    """What people may pay into; packs are passed in as choices."""

    pack_id = ChoiceField(lazy("Barang"), coerce=int)
    shares_per_pack = IntegerField(lazy("Satu kemasan dibagi menjadi"), least=1, most=1_000)
    price_rp = RupiahField(lazy("Harga per bagian"), least=1)
    min_packs = PacksField(lazy("Paling sedikit"))
    max_packs = PacksField(lazy("Paling banyak"), required=False)
    closes_on = DateField(lazy("Setor paling lambat"))
    delivery_on = DateField(lazy("Barang datang"))


class PaymentForm(Form):
    """Who paid, for how many shares, into which account."""

    buyer_name = TextField(lazy("Nama pembeli"), max_chars=80)
    phone = PhoneField(lazy("Nomor HP"))
    shares = PacksField(lazy("Jumlah bagian"))
    account = ChoiceField(lazy("Masuk ke"))
    member = BooleanField(lazy("Anggota koperasi"))


class ReasonForm(Form):
    """Why a pool is refused or given up."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class RefundForm(Form):
    """Out of which account the buyers are paid back."""

    account = ChoiceField(lazy("Kembalikan dari"))


class CodeForm(Form):
    """What the buyer shows at the counter."""

    pickup_code = TextField(lazy("Kode ambil"), max_chars=12)


class JoinForm(Form):
    """A resident who wants to join; pays at the counter."""

    buyer_name = TextField(lazy("Nama Anda"), max_chars=80)
    phone = PhoneField(lazy("Nomor HP"))
    shares = PacksField(lazy("Jumlah bagian"))


class TakeForm(Form):
    """Into which account the money of somebody who joined goes."""

    account = ChoiceField(lazy("Masuk ke"))
    member = BooleanField(lazy("Anggota koperasi"))
