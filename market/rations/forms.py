"""What is read off an identity card at the hand-over."""

from __future__ import annotations

from typing import Any

from market.core.i18n import lazy
from market.rations.types import CATEGORIES, Shown
from market.web.forms import ChoiceField, Form, TextField


class IdentityForm(Form):
    """Mixed into a hand-over that may ask for the buyer's card; the NIK is never shown again."""

    category = ChoiceField(lazy("Golongan pembeli"), required=False)
    nik = TextField(lazy("NIK"), max_chars=40, required=False)
    nib = TextField(lazy("NIB usaha mikro"), max_chars=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.category, self.nik):
            field.flags.optional = False  # where they are shown, they are wanted; the service says so

    def taken(self) -> Shown:
        """What was read off the card; leaves nothing of it in the form, which may be shown again."""
        shown = Shown(self.nik.data or "", self.category.data or "RT", self.nib.data or "")
        for field in (self.nik, self.nib):
            field.raw_data, field.data = [], None
        return shown


def categories() -> list[tuple[str, str]]:
    """The choices of `IdentityForm.category`."""
    return [(code, str(word)) for code, word in CATEGORIES.items()]
