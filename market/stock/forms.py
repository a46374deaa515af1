"""What may be typed about stock: counts, write-offs, repacking, decisions."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, Form, LongTextField, PacksField, TextField


class CountForm(Form):
    """What somebody counted, in packs (or pieces)."""

    counted = PacksField(lazy("Jumlah yang dihitung"), least=0)
    reason = LongTextField(lazy("Sebab selisih"), max_chars=300, required=False)


class WriteOffForm(Form):
    """Goods that are lost, spoiled or broken."""

    quantity = PacksField(lazy("Jumlah yang dihapus"))
    reason = LongTextField(lazy("Sebab"), max_chars=300)


class RepackForm(Form):
    """How many packs are opened, and into what."""

    packs = PacksField(lazy("Jumlah yang dibuka"))
    to_pack_id = ChoiceField(lazy("Dikemas menjadi"), coerce=int)


class RejectionForm(Form):
    """Why a write-off is not approved."""

    reason = TextField(lazy("Alasan menolak"), max_chars=300)
