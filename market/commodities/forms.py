"""What may be typed about price rules and prices seen."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, DateField, Form, RupiahField, TextField

KINDS = {
    "HET": lazy("HET (harga eceran tertinggi)"),
    "HAP": lazy("HAP (harga acuan)"),
    "ADMIN_BUY": lazy("Harga beli resmi"),
}
CHANNELS = {
    "consumer": lazy("Konsumen"),
    "outlet": lazy("Gerai"),
    "pangkalan": lazy("Pangkalan"),
    "retailer": lazy("Pengecer"),
    "d2": lazy("Distributor 2"),
    "d1": lazy("Distributor 1"),
    "producer": lazy("Produsen"),
}
LEVELS = {"retail": lazy("Eceran"), "wholesale": lazy("Grosir"), "mill": lazy("Penggilingan")}
HANDLINGS = {
    "administered": lazy("Penugasan: sumber dan harga ditetapkan"),
    "ceiling": lazy("Harga diawasi"),
    "free": lazy("Harga bebas"),
}
REGIONS = {
    "zone1": lazy("Zona 1 (Jawa, Bali, NTB, Sulawesi, Lampung, Sumsel)"),
    "zone2": lazy("Zona 2 (Sumatra lainnya, NTT, Kalimantan)"),
    "zone3": lazy("Zona 3 (Maluku, Papua)"),
    "maluku-papua-3tp": lazy("Maluku, Papua dan daerah 3TP"),
    "national": lazy("Seluruh Indonesia"),
}


class RuleForm(Form):
    """A price rule to propose; regions and channels are passed in as choices."""

    kind = ChoiceField(lazy("Jenis aturan"))
    channel = ChoiceField(lazy("Untuk"))
    region_key = ChoiceField(lazy("Wilayah"))
    amount_rp = RupiahField(lazy("Harga"), least=1)
    valid_from_on = DateField(lazy("Mulai berlaku"))
    legal_ref = TextField(lazy("Dasar hukum"), max_chars=200)
    source_url = TextField(lazy("Alamat sumber"), max_chars=500, required=False)
    note = TextField(lazy("Catatan"), max_chars=300, required=False)


class ObservationForm(Form):
    """A price that was seen."""

    level = ChoiceField(lazy("Dilihat di"))
    amount_rp = RupiahField(lazy("Harga"), least=1)
    observed_on = DateField(lazy("Tanggal"))
    source = TextField(lazy("Nama pasar atau toko"), max_chars=120, required=False)


class DecisionForm(Form):
    """Approve, or reject with a reason."""

    decision = ChoiceField(lazy("Keputusan"))
    reason = TextField(lazy("Alasan"), max_chars=300, required=False)
