"""What may be typed into the books: an entry by hand, opening balances, reasons, periods, accounts."""

from __future__ import annotations

from market.core.i18n import _, lazy
from market.ledger.types import MAX_DESCRIPTION, MAX_MEMO, Line
from market.web.forms import BooleanField, ChoiceField, DateField, Form, RupiahField, SheetField, TextField

LINES = 6
"""Lines of the form; whoever needs more posts two entries."""


class DraftForm(Form):
    """An entry by hand: a day, what for, and up to six lines with an account and one amount each."""

    effective_on = DateField(lazy("Tanggal"))
    description = TextField(lazy("Untuk apa"), max_chars=MAX_DESCRIPTION)

    def lines(self) -> list[Line]:
        """The lines that were filled in; marks half-filled ones as wrong."""
        filled = (self._line(number) for number in range(1, LINES + 1))
        return [line for line in filled if line is not None]

    def _line(self, number: int) -> Line | None:
        account, debit, credit, memo = (self[f"{name}_{number}"] for name in LINE_FIELDS)
        amount_rp = (debit.data or 0) - (credit.data or 0)
        if debit.data and credit.data:
            debit.errors = [*debit.errors, _("Isi debit atau kredit, jangan keduanya.")]
        elif amount_rp and not account.data:
            account.errors = [*account.errors, _("Pilih akunnya.")]
        elif account.data and not amount_rp:
            debit.errors = [*debit.errors, _("Isi jumlahnya.")]
        elif amount_rp:
            return Line(account.data, amount_rp, memo.data or "")
        return None


LINE_FIELDS = ("account", "debit", "credit", "memo")
for _number in range(1, LINES + 1):
    setattr(DraftForm, f"account_{_number}", ChoiceField(lazy("Akun"), required=False))
    setattr(DraftForm, f"debit_{_number}", RupiahField(lazy("Debit"), required=False))
    setattr(DraftForm, f"credit_{_number}", RupiahField(lazy("Kredit"), required=False))
    setattr(DraftForm, f"memo_{_number}", TextField(lazy("Catatan"), max_chars=MAX_MEMO, required=False))


class ReasonForm(Form):
    """Why something is cancelled, refused or opened again."""

    reason = TextField(lazy("Alasan"), max_chars=250)


class OpeningForm(Form):
    """A sheet of opening balances and the day they are of."""

    effective_on = DateField(lazy("Saldo per tanggal"))
    sheet = SheetField(lazy("Berkas saldo awal"))


class PeriodForm(Form):
    """The last day of the month to close."""

    ends_on = DateField(lazy("Tutup sampai tanggal"))


class AccountForm(Form):
    """A further account of the own chart."""

    code = TextField(lazy("Kode"), max_chars=6)
    name = TextField(lazy("Nama akun"), max_chars=80)
    kind = ChoiceField(lazy("Jenis"))
    non_negative = BooleanField(lazy("Tidak boleh kurang dari nol (kas)"))
