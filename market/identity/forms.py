"""What may be typed to sign in, change a password and add a colleague."""

from __future__ import annotations

import re
from typing import Any

from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.web.forms import ChoiceField, Form, PhoneField, SecretField, TextField

_SIX = re.compile(r"[0-9]{6}", re.ASCII)


class CodeField(TextField):
    """Six digits, however they are spaced; phones offer the one from the last message."""

    def parse(self, typed: str) -> str:
        digits = re.sub(r"[\s.-]", "", typed[:40])
        if not _SIX.fullmatch(digits):
            raise Refused(_("Kode terdiri dari 6 angka."))
        return digits

    def _value(self) -> str:
        return ""  # a code is never shown again

    def __call__(self, **kwargs: Any) -> Any:
        return super().__call__(inputmode="numeric", autocomplete="one-time-code", maxlength=9, **kwargs)


class PhoneForm(Form):
    """The number that gets a code."""

    phone = PhoneField(lazy("Nomor HP"))


class CodeForm(Form):
    """The code from the message."""

    code = CodeField(lazy("Kode 6 angka"), max_chars=40)


class NameForm(Form):
    """What a new person is called."""

    name = TextField(lazy("Nama Anda"), max_chars=80)


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
