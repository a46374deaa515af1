"""What the board types: where the shop delivers to, and vouchers."""

from __future__ import annotations

from typing import Any

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from market.core.i18n import lazy
from market.web.forms import BooleanField, DateField, Form, IntegerField, RupiahField, TextField

DAYS = (
    (lazy("Senin"), 1),
    (lazy("Selasa"), 2),
    (lazy("Rabu"), 4),
    (lazy("Kamis"), 8),
    (lazy("Jumat"), 16),
    (lazy("Sabtu"), 32),
    (lazy("Minggu"), 64),
)
EVERY_DAY = 127


class TicksField(SelectMultipleField):
    """Several of a few choices, as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[], validate_choice=True, **kwargs)


class ZoneForm(Form):
    """One zone and what it costs."""

    name = TextField(lazy("Nama wilayah"), max_chars=60)
    villages = TicksField(lazy("Kelurahan"))
    fee_rp = RupiahField(lazy("Ongkos antar"))
    free_from_rp = RupiahField(lazy("Gratis mulai belanja"), least=1, required=False)
    minimum_rp = RupiahField(lazy("Diantar mulai belanja"), required=False)
    days = TicksField(lazy("Hari antar"))
    from_hour = IntegerField(lazy("Mulai jam"), least=0, most=23)
    until_hour = IntegerField(lazy("Sampai jam"), least=1, most=24)
    cash = BooleanField(lazy("Boleh bayar tunai ke kurir"))
    valid_from_on = DateField(lazy("Berlaku mulai"))


class VoucherForm(Form):
    """One voucher; either percent or rupiah."""

    code = TextField(lazy("Kode"), max_chars=24)
    percent = IntegerField(lazy("Potongan persen"), least=1, most=90, required=False)
    amount_rp = RupiahField(lazy("Potongan rupiah"), least=1, required=False)
    most_rp = RupiahField(lazy("Potongan paling banyak"), least=1, required=False)
    minimum_rp = RupiahField(lazy("Mulai belanja"), required=False)
    most_uses = IntegerField(lazy("Paling banyak dipakai"), least=1, most=1_000_000)
    most_per_phone = IntegerField(lazy("Paling banyak per nomor HP"), least=1, most=1_000)
    starts_on = DateField(lazy("Hari pertama"))
    ends_on = DateField(lazy("Hari terakhir"))
    members_only = BooleanField(lazy("Hanya untuk anggota"))
    own_only = BooleanField(lazy("Hanya barang koperasi sendiri"))
