"""What may be typed about members."""

from __future__ import annotations

from market.core.i18n import lazy
from market.members.types import parse_family, parse_nik
from market.web.forms import BooleanField, ChoiceField, Form, PhoneField, SheetField, TextField


class NikField(TextField):
    """Sixteen digits, however they are spaced."""

    def parse(self, typed: str) -> str:
        return parse_nik(typed)


class FamilyField(TextField):
    """The number of a family card."""

    def parse(self, typed: str) -> str:
        return parse_family(typed)


class IdentityForm(Form):
    """What the card says, with the consent of its owner."""

    nik = NikField(lazy("NIK"))
    family = FamilyField(lazy("Nomor KK"), required=False)
    age_checked = BooleanField(lazy("KTP sudah dilihat: umurnya cukup"))
    agreed = BooleanField(lazy("Persetujuan sudah dibacakan dan ia setuju"))


class MemberForm(IdentityForm):
    """Somebody at the counter who wants to become a member."""

    name = TextField(lazy("Nama lengkap"), max_chars=80)
    phone = PhoneField(lazy("Nomor HP"))


class VerifyForm(Form):
    """What staff read on the card."""

    place_code = ChoiceField(lazy("Kelurahan pada KTP"))


class ReasonForm(Form):
    """Why not, or why not any longer, or what a NIK is opened for."""

    reason = TextField(lazy("Alasan"), max_chars=300)


class ImportForm(Form):
    """A spreadsheet of members."""

    sheet = SheetField(lazy("Berkas (.xlsx atau .csv)"))
