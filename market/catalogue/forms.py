"""What may be typed about products."""

from __future__ import annotations

from typing import Any

from market.core import quantity
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.web.forms import (
    ChoiceField,
    Form,
    IntegerField,
    LongTextField,
    PhotoField,
    QuantityField,
    RupiahField,
    TextField,
)

UNITS = ("bungkus", "toples", "botol", "kotak", "buah", "ikat", "porsi", "lusin", "kg")
HALAL = {
    "unstated": lazy("Belum saya isi"),
    "certified": lazy("Sudah bersertifikat halal"),
    "in_process": lazy("Sertifikat halal sedang diurus"),
    "not_halal": lazy("Tidak halal"),
    "not_applicable": lazy("Bukan makanan atau minuman"),
}


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
    """A member's product; the photo may stay empty when there is one already."""

    photo = PhotoField(lazy("Foto produk"), required=False)
    name = TextField(lazy("Nama produk"), max_chars=80)
    price_rp = RupiahField(lazy("Harga jual"), least=1)
    unit_label = ChoiceField(lazy("Dijual per"))
    net = NetField(lazy("Isi bersih"), required=False)
    description = LongTextField(lazy("Cerita singkat"), max_chars=600, required=False)
    ingredients = LongTextField(lazy("Bahan"), max_chars=600, required=False)
    pirt = TextField(lazy("Nomor P-IRT"), max_chars=20, required=False)
    halal = ChoiceField(lazy("Status halal"))
    version = IntegerField(required=False)

    def facts(self) -> dict[str, Any]:
        """The arguments of the service; an empty text is "", not None."""
        values = self.values()
        unit, amount = values.pop("net") or (None, None)
        photo = values.pop("photo")
        texts = {name: values[name] or "" for name in ("description", "ingredients", "pirt")}
        return {
            **values,
            **texts,
            "net_weight_g": amount if unit == "g" else None,
            "net_volume_ml": amount if unit == "ml" else None,
            "photo": photo.stream.read() if photo else None,
        }


class PackForm(Form):
    """An own retail pack for the shelf; packs are passed in as choices."""

    pack_id = ChoiceField(lazy("Kemasan"), coerce=int)
    price_rp = RupiahField(lazy("Harga jual"), least=1)


class PriceForm(Form):
    price_rp = RupiahField(lazy("Harga jual"), least=1)
    version = IntegerField(required=False)


class ApprovalForm(Form):
    commission_percent = IntegerField(lazy("Komisi koperasi"), least=0, most=50)
    version = IntegerField(required=False)


class RejectionForm(Form):
    reason = LongTextField(lazy("Apa yang harus diperbaiki"), max_chars=300)
    version = IntegerField(required=False)


class ConsignmentForm(Form):
    quantity = IntegerField(lazy("Jumlah yang dititipkan"), least=1, most=10_000)


class ReturnForm(Form):
    quantity = IntegerField(lazy("Jumlah yang dikembalikan"), least=1, most=10_000)
    reason = TextField(lazy("Alasan"), max_chars=200)
