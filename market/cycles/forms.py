"""What may be typed about cycles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from market.core.i18n import LazyText, _, lazy
from market.web.forms import ChoiceField, Choices, DateField, Form, IntegerField, PacksField, TextField

WEEKS = {1: lazy("Setiap minggu"), 2: lazy("Setiap dua minggu"), 4: lazy("Setiap empat minggu")}
OPEN_DAYS = {1: lazy("1 hari"), 2: lazy("2 hari"), 3: lazy("3 hari"), 5: lazy("5 hari")}
ANSWER_HOURS = {12: lazy("12 jam"), 24: lazy("1 hari"), 48: lazy("2 hari"), 72: lazy("3 hari")}
DELIVERY_DAYS = {2: lazy("2 hari"), 3: lazy("3 hari"), 5: lazy("5 hari"), 7: lazy("7 hari")}


def choices_of(words: Mapping[int, LazyText]) -> Choices:
    """Numbers with their words, as choices."""
    return [(str(number), str(word)) for number, word in words.items()]


class CycleForm(Form):
    """A rhythm of rounds; families are passed in as choices."""

    title = TextField(lazy("Nama siklus"), max_chars=90)
    family = ChoiceField(lazy("Barang"), required=False)
    first_opens_on = DateField(lazy("Buka pertama kali"))
    every_weeks = ChoiceField(lazy("Berulang"), coerce=int)
    open_days = ChoiceField(lazy("Lama dibuka"), coerce=int)
    answer_hours = ChoiceField(lazy("Waktu menjawab bagi pemasok"), coerce=int)
    delivery_days = ChoiceField(lazy("Barang datang setelah jawaban, paling lambat"), coerce=int)


class ReasonForm(Form):
    """Why a cycle rests or ends."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class SkipForm(ReasonForm):
    """Which date is left out, and why."""

    planned_on = DateField(lazy("Tanggal"))


class HolidayForm(Form):
    """A holiday of this year or the next."""

    day_on = DateField(lazy("Tanggal libur"))
    name = TextField(lazy("Nama hari libur"), max_chars=80)
    source = TextField(lazy("Dasar"), max_chars=200)


class WideningForm(Form):
    """Up to how many packs."""

    at_most_packs = IntegerField(lazy("Boleh sampai"), least=1, most=10_000_000)


class AskingForm(Form):
    """How many packs of each good; `for_packs` adds the field packs_7 for pack 7."""

    @classmethod
    def for_packs(cls, pack_ids: Iterable[int]) -> type[AskingForm]:
        """A form with one amount for each pack; empty or 0 asks for nothing."""
        fields: dict[str, object] = {
            f"packs_{pack_id}": PacksField(_("Minta"), least=0, required=False) for pack_id in pack_ids
        }
        return type("AskingPacksForm", (cls,), fields)
