"""What may be typed about a what-if."""

from __future__ import annotations

from market.core.i18n import _, lazy
from market.web.forms import ChoiceField, Choices, Form, PacksField, RupiahField, TextField

PERCENTS = (-20, -10, -5, 5, 10, 20, 50)
LEFT = (25, 50, 75, 150, 200)


def percent_choices() -> Choices:
    """How much dearer or cheaper."""
    unchanged = [("", _("Tetap"))]
    return unchanged + [(str(each), f"{'+' if each > 0 else '−'}{abs(each)} %") for each in PERCENTS]


def left_choices() -> Choices:
    """How much of what is offered is left."""
    return [("", _("Tetap")), *((str(each), f"{each} %") for each in LEFT)]


def ceiling_choices() -> Choices:
    """How the price limits of the cooperatives change."""
    return [*percent_choices(), ("none", _("Tanpa batas harga"))]


def fairness_choices() -> Choices:
    """Whether scarce goods are shared out by households."""
    return [
        ("", _("Menurut aturan")),
        ("on", _("Dibagi rata")),
        ("off", _("Tidak dibagi rata")),
    ]


class ScenarioForm(Form):
    """A what-if; every change may stay empty. Suppliers, packs and places are passed in as choices."""

    name = TextField(lazy("Nama skenario"), max_chars=80)
    supplier_out = ChoiceField(lazy("Pemasok yang tidak ikut"), required=False)
    pack_code = ChoiceField(lazy("Berlaku untuk"), required=False)
    price_percent = ChoiceField(lazy("Harga penawaran"), required=False)
    capacity_percent = ChoiceField(lazy("Persediaan yang tinggal"), required=False)
    ceiling = ChoiceField(lazy("Batas harga koperasi"), required=False)
    fairness = ChoiceField(lazy("Pembagian bila kurang"), required=False)
    depot_pack = ChoiceField(lazy("Barang di gudang baru"), required=False)
    depot_place = ChoiceField(lazy("Tempat gudang baru"), required=False)
    depot_price_rp = RupiahField(lazy("Harga di gudang, per kemasan"), required=False)
    depot_capacity = PacksField(lazy("Persediaan gudang"), required=False)
    depot_freight_rp = RupiahField(lazy("Ongkos kirim per kemasan tiap km"), required=False)
