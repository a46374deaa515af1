"""What may be typed about products."""

from __future__ import annotations

from typing import Any

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from market.core import quantity
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    IntegerField,
    LongTextField,
    PhotoField,
    QuantityField,
    RupiahField,
    TextField,
)

UNITS = (*("bungkus", "toples", "botol", "kotak", "buah", "ikat", "porsi", "lusin", "kg"),)
HALAL = {
    "unstated": lazy("Belum saya isi"),
    "certified": lazy("Sudah bersertifikat halal"),
    "in_process": lazy("Sertifikat halal sedang diurus"),
    "not_halal": lazy("Tidak halal"),
    "not_applicable": lazy("Bukan makanan atau minuman"),
}
CATEGORIES = {
    "kue": lazy("Kue dan roti"),
    "camilan": lazy("Camilan dan keripik"),
    "masakan": lazy("Masakan dan lauk"),
    "minuman": lazy("Minuman, kopi, jamu"),
    "bumbu": lazy("Bumbu dan sambal"),
    "sembako": lazy("Sembako"),
    "segar": lazy("Sayur, buah, hasil kebun"),
    "kerajinan": lazy("Kerajinan"),
    "busana": lazy("Batik dan busana"),
    "lainnya": lazy("Lainnya, bukan makanan"),
}
SUPPLIES = {
    "shelf": lazy("Saya titipkan di gerai koperasi"),
    "home": lazy("Ada di rumah saya, siap dijual"),
    "order": lazy("Saya buat bila ada pesanan"),
}
PACKAGINGS = {
    "": lazy("Belum saya isi"),
    "loose": lazy("Tanpa kemasan, disajikan langsung"),
    "plastic": lazy("Plastik"),
    "carton": lazy("Kertas atau karton"),
    "glass": lazy("Kaca"),
    "can": lazy("Kaleng"),
    "foil": lazy("Aluminium foil"),
    "other": lazy("Kemasan lain"),
}
SPECIALS = {
    "": lazy("Bukan jenis ini"),
    "susu": lazy("Susu dan olahannya"),
    "beku": lazy("Daging, ayam, atau ikan beku atau dingin"),
    "kaleng": lazy("Makanan kaleng"),
    "bayi": lazy("Makanan bayi"),
    "alkohol": lazy("Minuman beralkohol"),
    "air": lazy("Air minum dalam kemasan"),
    "sni": lazy("Wajib SNI (garam, tepung, minyak, gula kemasan)"),
}
ORIGINS = {
    "member": lazy("Saya sendiri yang membuat"),
    "city": lazy("Dibuat warga lain di kota ini"),
    "resale": lazy("Saya beli lalu jual lagi"),
}
DAYS = (lazy("Sen"), lazy("Sel"), lazy("Rab"), lazy("Kam"), lazy("Jum"), lazy("Sab"), lazy("Min"))
PERMITS = {
    "nib": lazy("NIB (nomor usaha)"),
    "pirt": lazy("P-IRT (makanan rumahan)"),
    "md": lazy("Izin edar BPOM (MD)"),
    "halal": lazy("Sertifikat halal"),
}


class DaysField(SelectMultipleField):
    """Days of the week as boxes to tick; the data is a bit mask, Monday the lowest."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, coerce=int, choices=[], **kwargs)
        self.choices = [(str(1 << day), name) for day, name in enumerate(DAYS)]

    def process_data(self, value: Any) -> None:
        self.data = [1 << day for day in range(7) if (value or 0) & (1 << day)]

    @property
    def mask(self) -> int:
        """The ticked days as one number."""
        return sum(set(self.data or ()))


class NetField(QuantityField):
    """What one unit holds: "250 g" or "500 ml"; the data is ("g", 250)."""

    def parse(self, typed: str) -> Any:
        for base_unit in ("g", "ml"):
            try:
                return base_unit, quantity.parse(typed, base_unit)
            except Refused:
                continue
        raise Refused(_("Tulis dengan satuannya, misalnya 250 g atau 500 ml."))

    def show(self, value: Any) -> str:
        return quantity.format_base(value[1], value[0])


class ProductForm(Form):
    """A member's product; the photo may stay empty when there is one already.

    `kept_photo` is a photo that was sent with an earlier, refused form, signed by the server.
    """

    photo = PhotoField(lazy("Foto produk"), required=False)
    kept_photo = TextField(max_chars=120, required=False)
    name = TextField(lazy("Nama produk"), max_chars=80)
    variant = TextField(lazy("Rasa atau ukuran"), max_chars=40, required=False)
    category = ChoiceField(lazy("Kategori"))
    price_rp = RupiahField(lazy("Harga jual"), least=1)
    unit_label = ChoiceField(lazy("Dijual per"))
    net = NetField(lazy("Isi bersih"), required=False)
    supply = ChoiceField(lazy("Barangnya ada di mana"))
    ready_days = DaysField(lazy("Hari bisa membuat atau menyerahkan"))
    lead_days = IntegerField(lazy("Dibuat berapa hari sebelumnya"), most=60, required=False)
    day_capacity = IntegerField(lazy("Paling banyak per hari"), least=1, most=10_000, required=False)
    batch_pcs = IntegerField(lazy("Sekali membuat jadi berapa"), least=1, most=10_000, required=False)
    packaging = ChoiceField(lazy("Kemasan"), required=False)
    shelf_life_days = IntegerField(lazy("Tahan berapa hari"), most=3_650, required=False)
    special = ChoiceField(lazy("Termasuk jenis khusus?"), required=False)
    ingredients = LongTextField(lazy("Bahan"), max_chars=600, required=False)
    label_dated = BooleanField(lazy("Tanggal kedaluwarsa dan kode produksi tertulis pada kemasan"))
    pirt = TextField(lazy("Nomor P-IRT"), max_chars=20, required=False)
    md_number = TextField(lazy("Nomor izin edar BPOM (MD)"), max_chars=40, required=False)
    halal = ChoiceField(lazy("Status halal"))
    halal_number = TextField(lazy("Nomor sertifikat halal"), max_chars=40, required=False)
    origin = ChoiceField(lazy("Siapa yang membuat"))
    origin_note = TextField(lazy("Dibuat di mana"), max_chars=200, required=False)
    barcode = TextField(lazy("Kode batang"), max_chars=20, required=False)
    description = LongTextField(lazy("Cerita singkat"), max_chars=600, required=False)
    version = IntegerField(required=False)

    def facts(self) -> dict[str, Any]:
        """The arguments of the service; an empty text is "", not None. Photos are the route's business."""
        values = self.values()
        unit, amount = values.pop("net") or (None, None)
        for name in ("photo", "kept_photo"):
            values.pop(name)
        texts = ("description", "ingredients", "pirt", "md_number", "halal_number", "origin_note", "variant")
        choices = ("packaging", "special")
        return {
            **values,
            **{name: values[name] or "" for name in (*texts, *choices)},
            "ready_days": self.ready_days.mask,
            "lead_days": values["lead_days"] or 0,
            "net_weight_g": amount if unit == "g" else None,
            "net_volume_ml": amount if unit == "ml" else None,
        }


class PackForm(Form):
    """An own retail pack for the shelf; packs are passed in as choices."""

    pack_id = ChoiceField(lazy("Kemasan"), coerce=int)
    price_rp = RupiahField(lazy("Harga jual"), least=1)
    member_price_rp = RupiahField(lazy("Harga anggota"), least=1, required=False)


class PriceForm(Form):
    """Another price of an own pack, for everybody and (lower) for members."""

    price_rp = RupiahField(lazy("Harga jual"), least=1)
    member_price_rp = RupiahField(lazy("Harga anggota"), least=1, required=False)
    version = IntegerField(required=False)


class ApprovalForm(Form):
    """Yes, at a commission, with where it is made."""

    commission_percent = IntegerField(lazy("Komisi koperasi"), least=0, most=50)
    origin = ChoiceField(lazy("Hasil pemeriksaan asal"), required=False)
    origin_note = TextField(lazy("Apa yang sudah Anda lihat"), max_chars=200, required=False)
    permits_checked = BooleanField(lazy("Nomor izinnya sudah saya cocokkan dengan surat atau situs resmi"))
    version = IntegerField(required=False)


class RemarksForm(Form):
    """What has to change, up to three remarks, each about one field."""

    field_1 = ChoiceField(lazy("Tentang"), required=False)
    text_1 = TextField(lazy("Yang harus diperbaiki"), max_chars=200)
    field_2 = ChoiceField(lazy("Tentang"), required=False)
    text_2 = TextField(lazy("Yang harus diperbaiki"), max_chars=200, required=False)
    field_3 = ChoiceField(lazy("Tentang"), required=False)
    text_3 = TextField(lazy("Yang harus diperbaiki"), max_chars=200, required=False)
    version = IntegerField(required=False)

    def notes(self) -> list[tuple[str, str]]:
        """The remarks that were written."""
        return [
            (self[f"field_{n}"].data or "", self[f"text_{n}"].data)
            for n in (1, 2, 3)
            if self[f"text_{n}"].data
        ]


class PermitForm(Form):
    """A permit of the seller; products are passed in as choices."""

    kind = ChoiceField(lazy("Jenis izin"))
    number = TextField(lazy("Nomor"), max_chars=40)
    product_id = ChoiceField(lazy("Untuk produk"), required=False)
    valid_until_on = DateField(lazy("Berlaku sampai"), required=False)
    photo = PhotoField(lazy("Foto suratnya"), required=False)


class CheckForm(Form):
    """The cooperative's word on a permit."""

    reason = TextField(lazy("Yang tidak cocok"), max_chars=200, required=False)


class RuleForm(Form):
    """The first day of a rule, moved by whoever made the rule."""

    valid_from_on = DateField(lazy("Berlaku mulai"))
    legal_ref = TextField(lazy("Dasar hukum"), max_chars=200)
    source_url = TextField(lazy("Alamat sumber"), max_chars=300)
    note = TextField(lazy("Catatan"), max_chars=300, required=False)


class HomeStockForm(Form):
    """How many pieces the maker has at home."""

    quantity = IntegerField(lazy("Siap dijual"), least=0, most=10_000)
    seen_quantity = IntegerField(required=False)


class RejectionForm(Form):
    reason = LongTextField(lazy("Apa yang harus diperbaiki"), max_chars=300)
    version = IntegerField(required=False)


class ConsignmentForm(Form):
    quantity = IntegerField(lazy("Jumlah yang dititipkan"), least=1, most=10_000)


class ReturnForm(Form):
    quantity = IntegerField(lazy("Jumlah yang dikembalikan"), least=1, most=10_000)
    reason = TextField(lazy("Alasan"), max_chars=200)
