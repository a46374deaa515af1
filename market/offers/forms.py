"""What may be typed about offers, trucks and authorisations. Rows are fixed, so that no script is needed."""

from __future__ import annotations

from typing import Any

from market.core.i18n import lazy
from market.web.forms import (
    ChoiceField,
    DateField,
    Form,
    IntegerField,
    LongTextField,
    PacksField,
    QuantityField,
    RupiahField,
    SheetField,
    TextField,
)

TIER_ROWS = 4
ZONE_ROWS = 8
TRIP_ROWS = 4
TERMS = {
    "prepaid": lazy("Bayar di muka"),
    "cod": lazy("Bayar saat barang datang"),
    "tempo": lazy("Tempo"),
}
VEHICLES = {
    "pickup": lazy("Pikap"),
    "cde": lazy("Truk engkel"),
    "cdd": lazy("Truk engkel ganda"),
}


class _RowForm(Form):
    """A form with rows that may stay empty: their labels do not say so each time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self._fields.items():
            if name.split("_")[0] in ("tier", "zone", "trip"):
                field.flags.optional = False


class OfferForm(_RowForm):
    """An offer; packs, terms and places are passed in as choices. Amounts stay text: see the pack."""

    pack_id = ChoiceField(lazy("Barang"), coerce=int)
    capacity_packs = TextField(lazy("Kapasitas"), max_chars=40)
    lot_packs = TextField(lazy("Kelipatan"), max_chars=40, required=False)
    min_per_drop_packs = TextField(lazy("Minimum per titik kirim"), max_chars=40, required=False)
    pooled_min_packs = TextField(lazy("Minimum gabungan"), max_chars=40, required=False)
    fixed_rp = RupiahField(lazy("Biaya tetap sekali"), required=False)
    terms = ChoiceField(lazy("Cara bayar"))
    credit_days = IntegerField(lazy("Lama tempo"), most=10_000, required=False)
    lead_days = IntegerField(lazy("Lama sampai kirim"), most=10_000, required=False)
    valid_until_on = DateField(lazy("Berlaku sampai"))
    note = LongTextField(lazy("Catatan"), max_chars=500, required=False)


for _row in range(1, TIER_ROWS + 1):
    setattr(
        OfferForm,
        f"tier_{_row}_from",
        PacksField(lazy("Baris %(row)s: mulai", row=_row), required=False),
    )
    setattr(
        OfferForm,
        f"tier_{_row}_price",
        RupiahField(lazy("Baris %(row)s: harga", row=_row), required=_row == 1),
    )
for _row in range(1, ZONE_ROWS + 1):
    setattr(
        OfferForm,
        f"zone_{_row}_place",
        ChoiceField(lazy("Wilayah %(row)s", row=_row), required=_row == 1),
    )
    for _name, _label in (("freight", lazy("Per kemasan")), ("drop", lazy("Per titik kirim"))):
        setattr(OfferForm, f"zone_{_row}_{_name}", RupiahField(_label, required=False))


class TrucksForm(_RowForm):
    """The supplier's trucks per place, and the most it delivers in one round."""

    max_weight = QuantityField(lazy("Paling banyak per putaran"), required=False)


for _row in range(1, TRIP_ROWS + 1):
    setattr(TrucksForm, f"trip_{_row}_place", ChoiceField(lazy("Wilayah %(row)s", row=_row), required=False))
    setattr(TrucksForm, f"trip_{_row}_vehicle", ChoiceField(lazy("Kendaraan"), required=False))
    setattr(TrucksForm, f"trip_{_row}_capacity", QuantityField(lazy("Muatan"), required=False))
    setattr(TrucksForm, f"trip_{_row}_cost", RupiahField(lazy("Ongkos sekali jalan"), required=False))
    setattr(TrucksForm, f"trip_{_row}_load", QuantityField(lazy("Muatan paling sedikit"), required=False))
    setattr(TrucksForm, f"trip_{_row}_trips", IntegerField(lazy("Paling banyak berapa kali"), required=False))


class AuthorisationForm(Form):
    """A supplier's authorisation; suppliers and administered goods are passed in as choices."""

    supplier_id = ChoiceField(lazy("Pemasok"), coerce=int)
    commodity_id = ChoiceField(lazy("Barang penugasan"), coerce=int)
    valid_from_on = DateField(lazy("Berlaku mulai"))
    valid_until_on = DateField(lazy("Berlaku sampai"), required=False)
    reference = TextField(lazy("Nomor surat"), max_chars=120)
    source = TextField(lazy("Diterbitkan oleh"), max_chars=200, required=False)


class ImportForm(Form):
    """A spreadsheet of offers."""

    sheet = SheetField(lazy("Berkas XLSX atau CSV"))
