"""What may be typed about a round and in an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from market.core import clock
from market.core.i18n import _, lazy
from market.web.forms import (
    ChoiceField,
    Choices,
    DateField,
    Form,
    LongTextField,
    PacksField,
    RupiahField,
    TextField,
)

CLOSING_AT = time(17)
CLOSING_DAYS = {"today": 0, "tomorrow": 1, "three_days": 3, "week": 7}
CLOSING_WORDS = {
    "today": lazy("Hari ini 17.00"),
    "tomorrow": lazy("Besok 17.00"),
    "three_days": lazy("Tiga hari lagi 17.00"),
    "week": lazy("Satu minggu lagi 17.00"),
}
ANSWER_HOURS = {12: lazy("12 jam"), 24: lazy("1 hari"), 48: lazy("2 hari"), 72: lazy("3 hari")}

MORE = (1, 2)
"""Further deliveries of a line, beyond the first."""


def closing_at(preset: str) -> datetime:
    """The instant that a choice means, in Jakarta's time."""
    day = clock.today() + timedelta(days=CLOSING_DAYS[preset])
    return datetime.combine(day, CLOSING_AT, tzinfo=clock.WIB)


def closing_choices() -> Choices:
    """The choices whose instant still lies ahead."""
    soon = clock.now() + timedelta(minutes=5)
    return [(name, str(label)) for name, label in CLOSING_WORDS.items() if closing_at(name) > soon]


def answer_choices() -> Choices:
    """How long suppliers may take."""
    return [(str(hours), str(label)) for hours, label in ANSWER_HOURS.items()]


class RoundForm(Form):
    """A new round; times are passed in as choices."""

    title = TextField(lazy("Nama putaran"), max_chars=120)
    closes_at = ChoiceField(lazy("Tutup"))
    answer_hours = ChoiceField(lazy("Waktu menjawab bagi pemasok"), coerce=int)


class CancellationForm(Form):
    """Why a round is given up."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class DeclineForm(Form):
    """Why a supplier says no; reasons are passed in as choices."""

    decline_reason = ChoiceField(lazy("Alasan menolak"))
    note = LongTextField(lazy("Catatan untuk dinas"), max_chars=500, required=False)


class ReasonField(ChoiceField):
    """Why a line gets less; its choices are passed in when it is made."""

    def __init__(self, reasons: Choices, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label or _("Alasan perubahan"), required=False, **kwargs)
        self.choices = list(reasons)


class InsteadField(ChoiceField):
    """Another pack that would come; its choices are passed in when it is made."""

    def __init__(self, packs: Choices, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label or _("Ganti dengan"), required=False, **kwargs)
        self.choices = list(packs)


class AdjustForm(Form):
    """Exceptions: for all lines at once, and by line; `for_lines` adds the fields, packs_7 for line 7."""

    note = LongTextField(lazy("Catatan untuk pembeli"), max_chars=500, required=False)

    @classmethod
    def for_lines(cls, line_ids: Iterable[int], reasons: Choices, packs: Choices = ()) -> type[AdjustForm]:
        """A form with the fields of each line; without `packs` nothing can come instead."""
        fields: dict[str, object] = {
            "all_delivery_on": DateField(_("Tanggal kirim"), required=False),
            "all_price": RupiahField(_("Harga per kemasan"), required=False),
            "all_reason": ReasonField(reasons, _("Alasan")),
        }
        if packs:
            fields["all_instead"] = InsteadField(packs)
        for line_id in line_ids:
            fields |= cls._of_line(line_id, reasons, packs)
        return type("AdjustLinesForm", (cls,), fields)

    @staticmethod
    def _of_line(line_id: int, reasons: Choices, packs: Choices) -> dict[str, object]:
        fields: dict[str, object] = {
            f"packs_{line_id}": PacksField(_("Bisa dikirim"), least=0),
            f"delivery_on_{line_id}": DateField(_("Tanggal kirim")),
            f"reason_{line_id}": ReasonField(reasons),
            f"price_{line_id}": RupiahField(_("Harga per kemasan"), required=False),
        }
        for number in MORE:
            fields[f"more_packs_{number}_{line_id}"] = PacksField(_("Jumlah"), required=False)
            fields[f"more_on_{number}_{line_id}"] = DateField(_("Tanggal"), required=False)
        if packs:
            fields[f"instead_{line_id}"] = InsteadField(packs)
        return fields


class DecisionForm(Form):
    """What a buyer says to a changed answer."""

    note = TextField(lazy("Catatan untuk pemasok"), max_chars=300, required=False)


class RemarkForm(Form):
    """What a supplier says to one fact of its scorecard."""

    text = LongTextField(lazy("Tanggapan Anda"), max_chars=500)


class CodeForm(Form):
    """The code that goes with a link."""

    code = TextField(lazy("Kode enam angka"), max_chars=12)
