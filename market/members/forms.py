"""What may be typed about members."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import Form, PhoneField, TextField


class MemberForm(Form):
    """Somebody at the counter who wants to become a member."""

    name = TextField(lazy("Nama lengkap"), max_chars=80)
    phone = PhoneField(lazy("Nomor HP"))


class ReasonForm(Form):
    """Why not, or why not any longer."""

    reason = TextField(lazy("Alasan"), max_chars=300)
