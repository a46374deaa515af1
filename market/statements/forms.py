"""What may be typed about the statements: the line of an account, the words of a note."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, DateField, Form, LongTextField, TextField


class PlaceForm(Form):
    """An account, the line it belongs to, from which day on, and why."""

    code = ChoiceField(lazy("Akun"))
    line = ChoiceField(lazy("Baris laporan"))
    cash_line = ChoiceField(lazy("Baris arus kas"), required=False)
    valid_from_on = DateField(lazy("Berlaku mulai"))
    reason = TextField(lazy("Alasan"), max_chars=300)


class NoteForm(Form):
    """The cooperative's own words under a heading of the notes."""

    words = LongTextField(lazy("Catatan"), max_chars=6_000, required=False)
