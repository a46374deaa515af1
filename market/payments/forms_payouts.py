"""What may be typed about money that leaves."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, DateField, Form, RupiahField, TextField


class TargetForm(Form):
    """A bank account or a wallet, as in its owner's passbook or app."""

    bank = ChoiceField(lazy("Bank atau dompet"))
    number = TextField(lazy("Nomor rekening atau HP"), max_chars=30)
    holder = TextField(lazy("Atas nama"), max_chars=80)


class TransferForm(Form):
    """The bank's slip of a transfer by hand."""

    paid_on = DateField(lazy("Tanggal transfer"))
    reference = TextField(lazy("Nomor bukti transfer"), max_chars=80)
    fee_rp = RupiahField(lazy("Biaya bank, bila ada"), required=False)


class CashForm(Form):
    """Cash to a seller, who signs for it."""

    reference = TextField(lazy("Nomor kuitansi"), max_chars=80)


class CodeForm(Form):
    """Cash to a buyer, who shows the code of their page."""

    code = TextField(lazy("Kode pembeli"), max_chars=12)


class WhyForm(Form):
    """Why somebody says no."""

    reason = TextField(lazy("Alasan"), max_chars=200)


class TopUpForm(Form):
    """A transfer from the cooperative's bank into its deposit at the provider."""

    amount_rp = RupiahField(lazy("Jumlah"), least=1)
    reference = TextField(lazy("Nomor bukti transfer"), max_chars=80)
    paid_on = DateField(lazy("Tanggal transfer"), required=False)
