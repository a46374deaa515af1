"""Residents join an open pool by themselves: they pay at the counter, and may leave before it closes."""

from __future__ import annotations

from market.core import clock, db, faults, jobs, messages, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, format_date, lazy, stored
from market.core.permissions import ANONYMOUS, Actor, Permission
from market.identity import queries as identity
from market.ledger import services as ledger
from market.notices.services import notify
from market.prepaid import postings, queries
from market.prepaid.models import ACCOUNTS, PrepaidShare
from market.prepaid.services import online
from market.prepaid.services.paying import new_share, room_in
from market.prepaid.services.settling import KEEPERS, path_of

MAX_OPEN_PER_PHONE = 3
MAX_OPEN = 500
"""Promises that nobody has paid: they hold no room, but a page of them must stay readable."""


def join_pool(pool_id: int, *, buyer_name: str, phone: str, shares: int) -> PrepaidShare:
    """Promise to pay for `shares` of an open pool; the promise holds no room and counts for nothing.

    The secret link in the answer is the buyer's own. Raises NotFound, Conflict for a pool that takes
    nobody any more, Refused at the wrong field.
    """
    pool = queries.public_pool(pool_id, lock=True)
    left = room_in(pool)
    if not 0 < shares <= left:
        raise Refused(_("Tinggal %(left)s bagian.", left=left), field="shares")
    unpaid = queries.shares_of(pool.id, ("awaiting_payment",))
    share = new_share(pool, shares, ACCOUNTS[0], False, buyer_name, phone)
    same = sum(each.phone == share.phone for each in unpaid)
    if same >= MAX_OPEN_PER_PHONE or len(unpaid) >= MAX_OPEN:
        raise Refused(_("Sudah banyak yang belum membayar. Datang ke gerai untuk ikut."), field="phone")
    states.start(share, ANONYMOUS)
    faults.point("prepaid.joined")
    db.session.flush()
    return share


def take_payment(actor: Actor, share_id: int, account: str, member: bool = False) -> PrepaidShare:
    """The counter takes the money of somebody who joined; from now on the share counts.

    Raises Forbidden, NotFound, Conflict for a pool that is closed and while the share can still be paid
    over the internet, IllegalMove for a share that is paid or left, Refused without an account or when
    others have taken the room meanwhile.
    """
    actor.require(Permission.BOOKS_POST)
    pool = queries.pool_for(actor, queries.share_for(actor, share_id).pool_id, lock=True)
    share = queries.share_for(actor, share_id, lock=True)
    if account not in ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    left = room_in(pool)
    if share.state == "awaiting_payment" and share.shares > left:
        raise Refused(_("Tinggal %(left)s bagian.", left=left), field="account")
    if share.state == "awaiting_payment":
        online.give_up_payment(actor, share)
    states.advance(share, "paid", actor, also={"account": account, "member": member})
    faults.point("prepaid.taken")
    ledger.post(actor, pool.organization_id, postings.for_payment(share))
    if share.shares == left:
        jobs.enqueue("prepaid_full", {"pool_id": pool.id}, unique_key=f"prepaid_full:{pool.id}")
    return share


def leave_pool(token: str) -> PrepaidShare:
    """The buyer steps back while the pool is open: a promise ends, money goes back as it came.

    Raises NotFound, Conflict once the pool is closed or the share has ended.
    """
    pool = queries.locked_pool_of(queries.share_by_token(token))
    share = queries.share_by_token(token, lock=True)
    if pool.state != "open" or pool.closes_at <= clock.now():
        raise Conflict(_("Setor beli ini sudah ditutup. Hubungi koperasi."))
    if share.state == "awaiting_payment":
        online.stop(ANONYMOUS, share)
        states.advance(share, "cancelled", ANONYMOUS, stored("batal ikut"))
        return share
    if share.state != "paid":
        raise Conflict(_("Setoran ini sudah berakhir."))
    states.advance(share, "refund_pending", ANONYMOUS, stored("pembeli mundur sebelum ditutup"))
    faults.point("prepaid.left")
    if online.send_back(ANONYMOUS, share, stored("pembeli mundur sebelum ditutup")):
        return share
    title = lazy("Satu pembeli mundur dari %(good)s", good=pool.pack.name)
    body = lazy("Kembalikan uangnya: %(number)s.", number=share.number)
    notify(pool.organization_id, KEEPERS, "pool_left", title, body, path_of(pool))
    return share


def reminder(share_id: int) -> messages.Message | None:
    """What somebody who joined and has not paid is told before the pool closes; None when it is over."""
    share = db.session.get_one(PrepaidShare, share_id)
    pool = queries.pool_of(share)
    if share.state != "awaiting_payment" or pool.state != "open":
        return None
    text = _(
        "%(shop)s: setor beli %(good)s ditutup %(day)s. Bayar di gerai supaya ikut: %(link)s",
        shop=identity.names({share.organization_id})[share.organization_id],
        good=pool.pack.commodity.name,
        day=format_date(pool.closes_on),
        link=messages.link(f"/setoran-saya/{share.token}"),
    )
    key = f"prepaid-{share.id}"
    return messages.Message(share.phone, _("Setor beli"), text, channel="whatsapp", key=key)


def remind_unpaid() -> int:
    """Remind once everybody who joined a pool that closes within two days; returns how many (a schedule)."""
    found = queries.unpaid_soon(clock.now())
    for share_id in found:
        key = f"prepaid_reminder:{share_id}"
        jobs.enqueue("prepaid_reminder", {"share_id": share_id}, unique_key=key)
    return len(found)
