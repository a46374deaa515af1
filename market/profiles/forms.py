"""What may be typed to become a seller, to answer one, and to keep one's page."""

from __future__ import annotations

import re

from market.catalogue.forms import DaysField
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.members.forms import FamilyField, NikField
from market.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    IntegerField,
    LongTextField,
    PhoneField,
    PhotoField,
    TextField,
)

_NIB = re.compile(r"[0-9]{13}", re.ASCII)


class NibField(TextField):
    """The business number: 13 digits, however they are spaced."""

    def parse(self, typed: str) -> str:
        digits = re.sub(r"[\s.-]", "", typed[:60])
        if not _NIB.fullmatch(digits):
            raise Refused(_("NIB terdiri dari 13 angka."))
        return digits


class SellerForm(Form):
    """The few things with which a seller begins; all but the name may come later."""

    name = TextField(lazy("Nama usaha"), max_chars=80)
    story = LongTextField(lazy("Cerita singkat"), max_chars=500, required=False)
    place_code = ChoiceField(lazy("Kelurahan usaha"))
    address = TextField(lazy("Alamat"), max_chars=200, required=False)
    nib = NibField(lazy("NIB"), required=False)


class ProfileForm(SellerForm):
    """Her page as buyers see it."""

    photo = PhotoField(lazy("Foto usaha"), required=False)
    open_days = DaysField(lazy("Hari buka"))
    phone = PhoneField(lazy("Nomor HP untuk pembeli"), required=False)
    show_phone = BooleanField(lazy("Tampilkan nomor ini kepada pembeli"))


class ClosureForm(Form):
    """Days without work."""

    from_on = DateField(lazy("Libur dari"))
    to_on = DateField(lazy("Sampai"), required=False)
    note = TextField(lazy("Kabar untuk pembeli"), max_chars=80, required=False)


class AnswerForm(Form):
    """A reason, and which version was read."""

    reason = TextField(lazy("Alasan"), max_chars=300)
    version = IntegerField(required=False)


class MembershipForm(Form):
    """The wish and the NIK: name and number are the account's."""

    nik = NikField(lazy("NIK"))
    family = FamilyField(lazy("Nomor KK"), required=False)
    agreed = BooleanField(lazy("Saya bersedia mematuhi aturan koperasi"))
