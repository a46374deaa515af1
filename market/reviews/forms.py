"""What may be typed in reviews."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, Form, LongTextField, PhotoField, TextField

STARS = {
    "5": lazy("5 bintang: sangat puas"),
    "4": lazy("4 bintang: puas"),
    "3": lazy("3 bintang: cukup"),
    "2": lazy("2 bintang: kurang"),
    "1": lazy("1 bintang: kecewa"),
}
REASONS = {
    "insult": lazy("Berisi hinaan atau kata kasar"),
    "private": lazy("Menyebut data pribadi orang"),
    "other_goods": lazy("Bukan tentang barang ini"),
    "advert": lazy("Berisi iklan"),
}


class ReviewForm(Form):
    """What a buyer says."""

    stars = ChoiceField(lazy("Bintang"), coerce=int)
    text = LongTextField(lazy("Cerita Anda"), max_chars=600, required=False)
    photo = PhotoField(lazy("Foto"), required=False)


class AnswerForm(Form):
    """The seller's answer."""

    answer = LongTextField(lazy("Jawaban Anda"), max_chars=600)


class HideForm(Form):
    """Why a review is taken from the pages."""

    reason = TextField(lazy("Alasan"), max_chars=300)
