"""A cooperative's account at a payment provider: entered by one person, approved by another, keys sealed."""

from __future__ import annotations

import re
from datetime import timedelta

from market.core import approvals, clock, crypto, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy
from market.core.permissions import Actor, Permission, Role
from market.core.text import clean
from market.notices.services import notify
from market.payments import doors, queries
from market.payments.models import MerchantAccount
from market.payments.types import Provider

KIND = "merchant_account"
PAGE = "/uang-masuk/akun"
APPROVERS = (Role.CHAIR, Role.VICE_CHAIR, Role.SUPPLIER_SALES)
MAX_REASON = 200
KEYS_LINGER = timedelta(days=7)
"""So long a provider may repeat what it has signed with the old key, and longer."""
_MERCHANT = re.compile(r"[A-Za-z0-9_-]{3,60}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9_-]{12,200}", re.ASCII)
_LIVE = {Provider.MIDTRANS: ("Mid-server-",), Provider.STRIPE: ("sk_live_", "rk_live_")}
_TEST = {Provider.MIDTRANS: ("SB-Mid-server-",), Provider.STRIPE: ("sk_test_", "rk_test_")}
"""How keys of the real and of the trial surroundings begin: a key says itself which one it opens."""


def propose_account(
    actor: Actor,
    *,
    provider: str,
    merchant_id: str,
    server_key: str,
    webhook_key: str = "",
    payout_maker_key: str = "",
    payout_approver_key: str = "",
    payout_merchant_key: str = "",
) -> MerchantAccount:
    """Enter the account; it takes money from the day on which a second person approves it.

    Raises Forbidden, Conflict while another one waits, Refused at the field that cannot be right.
    """
    actor.require(Permission.MERCHANT_PROPOSE)
    chosen = Provider(provider)
    if not _MERCHANT.fullmatch(merchant_id):
        raise Refused(_("Salin ID pedagang dari halaman penyedia, misalnya G123456789."), field="merchant_id")
    production = _surroundings(chosen, server_key)
    if chosen == Provider.STRIPE and not webhook_key:
        raise Refused(_("Stripe juga perlu kunci kabar (whsec_...)."), field="webhook_key")
    _require_none_waiting(actor)
    keys: dict[str, str | list[str]] = {
        "server_keys": [server_key],
        "webhook_keys": [key for key in (webhook_key,) if key],
        "payout_maker_key": payout_maker_key,
        "payout_approver_key": payout_approver_key,
        "payout_merchant_key": payout_merchant_key,
    }
    return _propose(actor, chosen, merchant_id, production, keys)


def propose_key(actor: Actor, account_id: int, *, server_key: str, webhook_key: str = "") -> MerchantAccount:
    """A second server key for the account in use; from a second person's yes on the new one is used first.

    The old one is believed for a week more, or until it is ended; everything else of the account stays.
    Raises Forbidden, NotFound, Conflict while another proposal waits or for an account that is not in use,
    Refused for a key that cannot be right.
    """
    actor.require(Permission.MERCHANT_PROPOSE)
    account = queries.account_for(actor, account_id)
    if account.state != "active":
        raise Conflict(_("Akun ini tidak dipakai lagi."))
    provider, opened = Provider(account.provider), doors.account_of(account)
    if _surroundings(provider, server_key) != account.production:
        raise Refused(_("Kunci ini bukan dari akun yang sama."), field="server_key")
    if server_key in [key.reveal() for key in opened.server_keys]:
        raise Refused(_("Ini kunci yang sedang dipakai. Masukkan kunci yang baru."), field="server_key")
    _require_none_waiting(actor)
    keys: dict[str, str | list[str]] = {
        "server_keys": [server_key],
        "webhook_keys": [webhook_key] if webhook_key else [key.reveal() for key in opened.webhook_keys],
        "payout_maker_key": opened.payout_maker_key.reveal(),
        "payout_approver_key": opened.payout_approver_key.reveal(),
        "payout_merchant_key": opened.payout_merchant_key.reveal(),
    }
    return _propose(actor, provider, account.merchant_id, account.production, keys)


def _require_none_waiting(actor: Actor) -> None:
    if any(each.state == "proposed" for each in queries.accounts_of(actor.organization_id or 0)):
        raise Conflict(_("Masih ada akun yang menunggu persetujuan."))


def _propose(
    actor: Actor, provider: Provider, merchant_id: str, production: bool, keys: dict[str, str | list[str]]
) -> MerchantAccount:
    token = crypto.token()
    account = MerchantAccount(
        organization_id=actor.organization_id,
        provider=provider.value,
        merchant_id=merchant_id,
        token=token,
        keys=doors.seal_keys(token, **keys),
        production=production,
        valid_from_on=clock.today(),
        proposed_by=actor.user_id,
        state_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()
    states.start(account, actor)
    approvals.propose(actor, KIND, account)
    faults.point("payments.account_proposed")
    title = lazy("Akun pembayaran menunggu persetujuan Anda")
    notify(account.organization_id, APPROVERS, "account_proposed", title, "", PAGE)
    return account


def _surroundings(provider: Provider, key: str) -> bool:
    """Whether the key opens the real surroundings. Raises Refused for what is no server key."""
    if _KEY.fullmatch(key):
        if key.startswith(_TEST[provider]):
            if not doors.trial_allowed():
                raise Refused(_("Ini kunci percobaan. Masukkan kunci yang sungguhan."), field="server_key")
            return False
        if key.startswith(_LIVE[provider]):
            return True
    begins = _LIVE[provider][0]
    raise Refused(_("Ini bukan kunci server: harus diawali %(begins)s.", begins=begins), field="server_key")


def decide_account(actor: Actor, account_id: int, approve: bool, reason: str = "") -> MerchantAccount:
    """The second person's word; with a yes the older account of the same cooperative ends.

    Raises Forbidden, NotFound, Refused for the proposer's own or a lapsed proposal or a no without reason.
    """
    actor.require(Permission.MERCHANT_APPROVE)
    account = queries.account_for(actor, account_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not approve and not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(KIND, account, account.organization_id)
    if waiting is None:
        if not approve and account.state == "proposed":
            states.advance(account, "rejected", actor, reason)
            return account
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam. Tolak, lalu masukkan lagi."))
    approvals.decide(actor, waiting.id, approve, reason)
    if not approve:
        states.advance(account, "rejected", actor, reason)
        return account
    for older in queries.accounts_of(account.organization_id):
        if older.state == "active":
            _end(actor, older)
            if queries.same_merchant(older, account):
                older.keys_until_at = clock.now() + KEYS_LINGER
    states.advance(account, "active", actor, also={"approved_by": actor.user_id})
    faults.point("payments.account_approved")
    return account


def end_account(actor: Actor, account_id: int) -> MerchantAccount:
    """No new payment from now on; what was begun with the account is still followed to its end.

    Raises Forbidden, NotFound, IllegalMove for one that is not in use.
    """
    actor.require(Permission.MERCHANT_APPROVE)
    account = queries.account_for(actor, account_id, lock=True)
    _end(actor, account)
    return account


def end_keys(actor: Actor, account_id: int) -> MerchantAccount:
    """The keys of an older row are believed no longer, from this moment on.

    Raises Forbidden, NotFound, Conflict for keys that have ended, Refused while no newer key of the same
    account is in use: what was begun could not be followed any more.
    """
    actor.require(Permission.MERCHANT_APPROVE)
    account = queries.account_for(actor, account_id, lock=True)
    rows = [each for each in queries.rows_of_merchant(account) if each.id != account.id]
    if account.state != "ended" or not queries.keys_believed(account):
        raise Conflict(_("Kunci ini masih dipakai atau sudah diakhiri."))
    if not any(each.state == "active" for each in rows):
        raise Refused(_("Belum ada kunci baru untuk akun ini. Ganti kuncinya dahulu."))
    account.keys_until_at = clock.now()
    faults.point("payments.keys_ended")
    return account


def _end(actor: Actor, account: MerchantAccount) -> None:
    states.advance(account, "ended", actor, also={"valid_until_on": clock.today()})
