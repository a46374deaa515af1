"""What may be typed about containers: refills, returns, counts, purchases."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import (
    ChoiceField,
    Form,
    LongTextField,
    PacksField,
    RupiahField,
    TextField,
)


class ReturnForm(Form):
    """Empties that a buyer brings back."""

    count = PacksField(lazy("Tabung yang kembali"))


class KeepingForm(Form):
    """Containers that a buyer keeps."""

    count = PacksField(lazy("Tabung yang tidak kembali"))
    reason = TextField(lazy("Alasan"), max_chars=300)


class HandBackForm(Form):
    """Empties that go along with a supplier's driver."""

    supplier_id = ChoiceField(lazy("Pemasok"), coerce=int)
    count = PacksField(lazy("Tabung kosong yang diserahkan"))


class PurchaseForm(Form):
    """Containers that are bought from a supplier."""

    supplier_id = ChoiceField(lazy("Pemasok"), coerce=int)
    count = PacksField(lazy("Tabung yang dibeli"))
    account = ChoiceField(lazy("Dari"))


class CountForm(Form):
    """What was counted of both."""

    full = PacksField(lazy("Tabung isi"), least=0)
    empty = PacksField(lazy("Tabung kosong"), least=0)
    reason = LongTextField(lazy("Sebab selisih"), max_chars=300, required=False)


class OwnedForm(Form):
    """Containers that were the cooperative's before."""

    count = PacksField(lazy("Tabung kosong milik koperasi"))
    unit_rp = RupiahField(lazy("Nilai per tabung"))


class RejectionForm(Form):
    """Why a purchase is not approved."""

    reason = TextField(lazy("Alasan menolak"), max_chars=300)


class UndoForm(Form):
    """Why a refill is taken back."""

    reason = LongTextField(lazy("Alasan"), max_chars=300)
