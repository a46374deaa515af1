"""What may be typed about settings."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import DateField, Form, IntegerField, TextField


class SettingForm(Form):
    """A value from a day on, and on whose word."""

    value = IntegerField(lazy("Nilai baru"), least=0, most=10**12)
    valid_from_on = DateField(lazy("Berlaku mulai"))
    source = TextField(lazy("Dasar"), max_chars=300)
