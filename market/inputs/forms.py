"""What may be typed about inputs. Amounts stay text: only the commodity says what "50" means."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    IntegerField,
    PhoneField,
    RupiahField,
    TextField,
)

TERMS = {"prepaid": lazy("Bayar dulu"), "tempo": lazy("Ambil dulu, bayar kemudian")}
ACCOUNTS = {"1-1100": lazy("Kas"), "1-1200": lazy("Bank")}
CHANGES = {"return": lazy("Kembalikan"), "keep": lazy("Simpan untuk permintaan berikutnya")}


class RequestForm(Form):
    """What a UMKM needs; commodities and terms are passed in as choices."""

    commodity_id = ChoiceField(lazy("Bahan"), coerce=int)
    wanted = TextField(lazy("Berapa yang dibutuhkan"), max_chars=40)
    at_most = TextField(lazy("Boleh lebih, paling banyak"), max_chars=40, required=False)
    needed_by_on = DateField(lazy("Paling lambat siap"))
    ceiling_rp = RupiahField(lazy("Paling mahal"), required=False)
    terms = ChoiceField(lazy("Cara bayar"))
    note = TextField(lazy("Catatan"), max_chars=300, required=False)
    wants_membership = BooleanField(lazy("Saya ingin menjadi anggota koperasi"))


class GuestRequestForm(RequestForm):
    """The same from a person with nothing but a telephone."""

    buyer_name = TextField(lazy("Nama Anda atau usaha Anda"), max_chars=80)
    phone = PhoneField(lazy("Nomor HP"))


class ApprovalForm(Form):
    """The price that is promised, and how it is paid."""

    quote_rp = RupiahField(lazy("Harga paling tinggi yang dijanjikan"), least=1)
    terms = ChoiceField(lazy("Cara bayar"))


class ReasonForm(Form):
    """Why not."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class AdvanceForm(Form):
    """Where the advance came in, and whether kept money is used first."""

    account = ChoiceField(lazy("Masuk ke"))
    use_kept = BooleanField(lazy("Pakai titipan pembeli dahulu"))


class SettlementForm(Form):
    """Money for goods that were collected before."""

    amount_rp = RupiahField(lazy("Jumlah"), least=1)
    account = ChoiceField(lazy("Masuk ke"))


class RefundForm(Form):
    """Out of which account the buyer is paid back."""

    account = ChoiceField(lazy("Kembalikan dari"))


class PoolForm(Form):
    """A new need that holds what waits; packs are passed in as choices."""

    pack_id = ChoiceField(lazy("Kemasan yang dibeli"), coerce=int)
    own_packs = IntegerField(lazy("Untuk rak koperasi sendiri"), least=0, most=10_000, required=False)
    own_at_most_packs = IntegerField(
        lazy("Untuk rak sendiri paling banyak"), least=0, most=10_000, required=False
    )
    needed_by_on = DateField(lazy("Paling lambat tiba"))


class CollectionForm(Form):
    """The code that the buyer shows, and what becomes of money that is over."""

    pickup_code = TextField(lazy("Kode ambil"), max_chars=12)
    account = ChoiceField(lazy("Kekurangan masuk ke"), required=False)
    change = ChoiceField(lazy("Kelebihan uang muka"), required=False)
