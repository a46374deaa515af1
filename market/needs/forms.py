"""What may be typed about a need. Amounts stay text: only the pack says what "2 ton" means."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import (
    ChoiceField,
    DateField,
    Form,
    IntegerField,
    LongTextField,
    PacksField,
    RupiahField,
    SheetField,
    TextField,
)

TERMS = {
    "prepaid": lazy("Bisa bayar di muka"),
    "cod": lazy("Bayar saat barang datang"),
    "tempo": lazy("Perlu tempo (bayar kemudian)"),
}
TRUCK_ACCESS = {
    "any": lazy("Truk besar bisa masuk"),
    "small": lazy("Hanya truk kecil"),
    "pickup": lazy("Hanya pikap"),
}


class NeedForm(Form):
    """A need of the own cooperative; goods, terms, access and villages are passed in as choices."""

    pack_id = ChoiceField(lazy("Barang"), coerce=int)
    wanted_packs = TextField(lazy("Berapa yang dibutuhkan"), max_chars=40)
    at_most_packs = TextField(lazy("Boleh lebih, paling banyak"), max_chars=40, required=False)
    needed_by_on = DateField(lazy("Paling lambat tiba"))
    ceiling_rp = RupiahField(lazy("Harga tertinggi sampai di tempat"), required=False)
    cash_rp = RupiahField(lazy("Kas yang tersedia"), required=False)
    terms = ChoiceField(lazy("Cara bayar"), required=False)
    place_code = ChoiceField(lazy("Kirim ke"), required=False)
    truck_access = ChoiceField(lazy("Jalan ke tempat Anda"), required=False)
    max_suppliers = IntegerField(lazy("Dari paling banyak berapa pemasok"), least=1, most=100, required=False)
    note = LongTextField(lazy("Catatan"), max_chars=500, required=False)


class RejectionForm(Form):
    """Why a need goes back."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class ImportForm(Form):
    """A spreadsheet of needs."""

    sheet = SheetField(lazy("Berkas XLSX atau CSV"))


class QuotaForm(Form):
    """What one cooperative gets of an administered good per month; cooperatives and goods are choices."""

    cooperative_id = ChoiceField(lazy("Koperasi"), coerce=int)
    pack_id = ChoiceField(lazy("Barang"), coerce=int)
    packs = PacksField(lazy("Jatah per bulan"), least=0)
    valid_from_on = DateField(lazy("Mulai tanggal"))
    source = TextField(lazy("Nomor surat atau dasar"), max_chars=200)


class QuotaRefusalForm(Form):
    """Why a quota is not approved."""

    reason = TextField(lazy("Alasan"), max_chars=300)
