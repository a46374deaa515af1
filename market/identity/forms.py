"""What may be typed to sign in, change a password and add a colleague."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, Form, PhoneField, SecretField, TextField


class SignInForm(Form):
    """Login (name, phone number or e-mail) and password."""

    login = TextField(lazy("Nama masuk atau nomor HP"), max_chars=254)
    password = SecretField(lazy("Kata sandi"))


class PasswordForm(Form):
    """The old password once, the new one once."""

    old = SecretField(lazy("Kata sandi lama"))
    new = SecretField(lazy("Kata sandi baru"))


class ColleagueForm(Form):
    """A new person for the own organization."""

    name = TextField(lazy("Nama lengkap"), max_chars=120)
    phone = PhoneField(lazy("Nomor HP"))
    role = ChoiceField(lazy("Peran"))
