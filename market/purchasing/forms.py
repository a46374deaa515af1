"""What may be typed about orders: counts at the door, bills, payments, claims."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from market.core import quantity
from market.core.errors import Refused
from market.core.i18n import LazyText, _, lazy
from market.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    PacksField,
    PhotoField,
    RupiahField,
    TextField,
)

MAX_DRAWING = 60_000
"""Characters of a drawn signature; a phone's is some four thousand."""

REASONS: dict[str, LazyText] = {
    "short": lazy("Kurang: tertulis di surat jalan, tidak ada di truk"),
    "broken": lazy("Rusak atau robek"),
    "wrong_grade": lazy("Mutu tidak sesuai pesanan"),
    "underweight": lazy("Timbangan kurang dari batas"),
    "expired": lazy("Kedaluwarsa"),
    "other": lazy("Sebab lain"),
}
"""Why packs are not accepted, in people's words."""

OUTCOMES: dict[str, LazyText] = {
    "replaced": lazy("Sudah diganti pemasok"),
    "cancelled_rest": lazy("Tidak diganti: sisa pesanan dibatalkan"),
    "dropped": lazy("Klaim dilepas (salah catat)"),
}
"""How a claim may end."""


class WeightsField(TextField):
    """Weights of several packs in kg: "24,9 25 24,75" is [24900, 25000, 24750]."""

    def parse(self, typed: str) -> Any:
        words = re.split(r"[;\s]+", super().parse(typed).lower().replace("kg", " ").strip())
        return [quantity.parse(word.replace(".", ","), "g", default_unit="kg") for word in words]


class DrawingField(TextField):
    """A signature as the page drew it: the bytes of a small PNG."""

    def parse(self, typed: str) -> Any:
        head, _comma, body = typed.partition(",")
        if head != "data:image/png;base64" or len(body) > MAX_DRAWING:
            raise Refused(_("Tanda tangan tidak terbaca. Ulangi, atau kosongkan dan cukup tulis namanya."))
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise Refused(_("Tanda tangan tidak terbaca. Ulangi, atau cukup tulis namanya.")) from error

    def show(self, value: Any) -> str:
        return ""


class ReceiptForm(Form):
    """The count at the door; `for_lines` adds the fields of each line."""

    note = LongTextField(lazy("Catatan"), max_chars=500, required=False)
    driver_name = TextField(lazy("Nama yang menyerahkan"), max_chars=120, required=False)
    signature = DrawingField(lazy("Tanda tangan"), required=False)

    @classmethod
    def for_lines(cls, lines: Sequence[tuple[int, str]]) -> type[ReceiptForm]:
        """A form with the fields of some order lines: (id, name of the good)."""
        fields: dict[str, Any] = {}
        for line_id, name in lines:
            accepted, rejected = lazy("%(good)s, diterima", good=name), lazy("%(good)s, ditolak", good=name)
            reason, expires = lazy("%(good)s, sebab", good=name), lazy("%(good)s, kedaluwarsa", good=name)
            fields[f"accepted_{line_id}"] = PacksField(accepted, least=0)
            fields[f"rejected_{line_id}"] = PacksField(rejected, least=0, required=False)
            fields[f"reason_{line_id}"] = ChoiceField(reason, required=False)
            fields[f"expires_on_{line_id}"] = DateField(expires, required=False)
            weights = lazy("%(good)s, timbangan", good=name)
            fields[f"weights_{line_id}"] = WeightsField(weights, max_chars=300, required=False)
            fields[f"photo_{line_id}"] = PhotoField(lazy("%(good)s, foto", good=name), required=False)
            fields[f"extra_{line_id}"] = PacksField(
                lazy("%(good)s, lebih", good=name), least=0, required=False
            )
            fields[f"empties_{line_id}"] = PacksField(
                lazy("%(good)s, kosong diserahkan", good=name), least=0, required=False
            )
            fields[f"keep_{line_id}"] = BooleanField(lazy("Minta persetujuan untuk mengambil kelebihannya"))
        return type("ReceiptForm", (cls,), fields)


class ExtraForm(Form):
    """Why packs beyond the order go back."""

    reason = TextField(lazy("Alasan mengembalikan"), max_chars=300)


class ShortageForm(Form):
    """What a truck could load of one pack, of what its cooperatives await."""

    loaded_packs = PacksField(lazy("Yang termuat"), least=0)
    reason = TextField(lazy("Sebabnya"), max_chars=300)
    rest_on = DateField(lazy("Sisanya dikirim"), required=False)


class CancellationForm(Form):
    """Why the rest will not come."""

    reason = LongTextField(lazy("Alasan"), max_chars=300)


class ClaimForm(Form):
    """How a claim ended."""

    outcome = ChoiceField(lazy("Hasil klaim"))
    note = TextField(lazy("Keterangan"), max_chars=300, required=False)


ANSWERS: dict[str, LazyText] = {
    "replacement": lazy("Diganti, dikirim pada tanggal di bawah"),
    "no_replacement": lazy("Tidak diganti: pesanan dikurangi, tidak ditagih"),
    "refused": lazy("Klaim ditolak, dengan alasan"),
}
"""How a supplier may answer a claim."""


class ClaimAnswerForm(Form):
    """The supplier's answer to a claim."""

    answer = ChoiceField(lazy("Jawaban Anda"))
    promised_on = DateField(lazy("Pengganti dikirim"), required=False)
    words = LongTextField(lazy("Keterangan"), max_chars=1_000, required=False)


class MessageForm(Form):
    """A word on a claim."""

    message = LongTextField(lazy("Pesan Anda"), max_chars=1_000)


class HomeForm(Form):
    """The truck comes home with the goods of a stop."""

    reason = LongTextField(lazy("Mengapa tidak diserahkan"), max_chars=300)
    again_on = DateField(lazy("Dikirim lagi pada"), required=False)


class BillForm(Form):
    """A supplier's invoice as it is on paper."""

    reference = TextField(lazy("Nomor tagihan pemasok"), max_chars=60)
    billed_on = DateField(lazy("Tanggal tagihan"))
    amount_rp = RupiahField(lazy("Jumlah di kertas"), least=0)
    due_on = DateField(lazy("Jatuh tempo"), required=False)
    open_case = BooleanField(lazy("Kertasnya memang begitu: buka selisihnya dengan pemasok"))


class PaymentForm(Form):
    """From where money goes or where it comes back to; the choices show what is there."""

    account = ChoiceField(lazy("Dari"))
    reference = TextField(lazy("Nomor bukti atau catatan"), max_chars=80, required=False)


class RefundForm(Form):
    """Where money that a supplier gives back arrives."""

    account = ChoiceField(lazy("Masuk ke"))
    reference = TextField(lazy("Nomor bukti atau catatan"), max_chars=80, required=False)


class RejectionForm(Form):
    """Why a payment is not approved."""

    reason = TextField(lazy("Alasan menolak"), max_chars=300)


class TripForm(Form):
    """Which orders ride together: those of a day to a district."""

    delivery_on = DateField(lazy("Hari kirim"))
    district_code = TextField(lazy("Kecamatan"), max_chars=10)


class DepartureForm(Form):
    """Who drives what."""

    driver_name = TextField(lazy("Nama sopir"), max_chars=120)
    plate = TextField(lazy("Nomor polisi"), max_chars=20, required=False)
