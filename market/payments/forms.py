"""What may be typed about payments."""

from __future__ import annotations

from market.core.i18n import lazy
from market.web.forms import ChoiceField, Form, SecretField, SheetField, TextField

PROVIDERS = {"midtrans": lazy("Midtrans"), "stripe": lazy("Stripe")}


class AccountForm(Form):
    """An account at a provider, copied from the provider's own pages; keys are never shown again."""

    provider = ChoiceField(lazy("Penyedia"))
    merchant_id = TextField(lazy("ID pedagang"), max_chars=60)
    server_key = SecretField(lazy("Kunci server"))
    webhook_key = SecretField(lazy("Kunci kabar"), required=False)
    payout_maker_key = SecretField(lazy("Kunci pembuat pembayaran keluar"), required=False)
    payout_approver_key = SecretField(lazy("Kunci penyetuju pembayaran keluar"), required=False)
    payout_merchant_key = SecretField(lazy("Kunci pedagang untuk pembayaran keluar"), required=False)


class KeyForm(Form):
    """The second server key of an account, while the first is being replaced."""

    server_key = SecretField(lazy("Kunci server baru"))
    webhook_key = SecretField(lazy("Kunci kabar"), required=False)


class ReasonForm(Form):
    """Why an account is not approved."""

    reason = TextField(lazy("Alasan"), max_chars=200)


class SettlementForm(Form):
    """The provider's settlement report."""

    sheet = SheetField(lazy("Berkas XLSX atau CSV"))
