"""Opening the books, keeping the chart, closing and reopening periods."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlalchemy import select, update

from market.core import clock, db, states
from market.core.errors import Forbidden, NotFound, Refused
from market.core.i18n import _, format_date
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import queries
from market.ledger.chart import KINDS, MEMBER_SHARES, Kind, Side
from market.ledger.models import LedgerAccount, LedgerPeriod
from market.ledger.services.heads import MemberShares, hold_head, seed

_CODE = re.compile(r"[1-7]-[0-9]{4}", re.ASCII)


def open_books(actor: Actor, organization_id: int, member_shares: MemberShares = "equity") -> None:
    """Give the organization the default chart and an empty chain; a second call changes nothing.

    `member_shares` is the class of principal and mandatory savings. Raises Forbidden for somebody
    who neither keeps these books nor operates the platform.
    """
    keeps = actor.organization_id == organization_id and actor.may(Permission.BOOKS_POST)
    if not keeps and not actor.may(Permission.OPERATE):
        raise Forbidden(_("Peran Anda tidak boleh melakukan ini."))
    seed(organization_id, member_shares)


def classify_member_shares(actor: Actor, member_shares: MemberShares) -> None:
    """Show principal and mandatory savings as equity or as a liability from now on."""
    actor.require(Permission.BOOKS_APPROVE)
    db.session.execute(
        update(LedgerAccount)
        .where(
            LedgerAccount.organization_id == actor.organization_id,
            LedgerAccount.code.in_(MEMBER_SHARES),
        )
        .values(kind=member_shares)
        .execution_options(synchronize_session=False)
    )


def add_account(actor: Actor, code: str, name: str, kind: Kind, non_negative: bool = False) -> LedgerAccount:
    """A further account in the own chart ("1-1210 Bank BRI"); its side follows from the kind.

    Raises Refused for a code that is taken or not of the form 1-2345, Forbidden.
    """
    actor.require(Permission.BOOKS_POST)
    organization_id = own(actor)
    if _CODE.fullmatch(code) is None:
        raise Refused(_("Kode akun ditulis seperti 1-1210."), field="code")
    if kind not in KINDS:
        raise Refused(_("Pilih salah satu dari daftar."), field="kind")
    if code in {each.code for each in queries.accounts(organization_id)}:
        raise Refused(_("Kode akun ini sudah dipakai."), field="code")
    side: Side = "debit" if kind in ("asset", "expense") else "credit"
    made = LedgerAccount(
        organization_id=organization_id,
        code=code,
        name=clean(name, 80),
        kind=kind,
        side=side,
        non_negative=non_negative,
        balance_rp=0,
    )
    db.session.add(made)
    db.session.flush()
    return made


def own(actor: Actor) -> int:
    """The organization whose books the actor works in; raises NotFound when there is none."""
    if actor.organization_id is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return actor.organization_id


# --- periods --------------------------------------------------------------------------------------


def close_period(actor: Actor, ends_on: date) -> LedgerPeriod:
    """Close the books up to the last day of a month: nothing with effect until then is taken any more.

    Raises Refused for a day that is no end of a month, not past, or not after the last closed one.
    """
    actor.require(Permission.BOOKS_POST)
    organization_id = own(actor)
    _check_end(organization_id, ends_on)
    head = hold_head(organization_id)
    period = _period(organization_id, ends_on)
    if period is None:
        period = LedgerPeriod(organization_id=organization_id, ends_on=ends_on)
        db.session.add(period)
        db.session.flush()
        states.start(period, actor)
    period.closed_seq = head.seq
    period.balances = queries.movements_rp(organization_id, until=ends_on)
    states.advance(period, "closed", actor)
    return period


def _check_end(organization_id: int, ends_on: date) -> None:
    if (ends_on + timedelta(days=1)).day != 1:
        raise Refused(_("Pilih hari terakhir sebuah bulan."), field="ends_on")
    if ends_on >= clock.today():
        raise Refused(_("Bulan ini belum selesai."), field="ends_on")
    closed = queries.closed_until(organization_id)
    if closed is not None and ends_on <= closed:
        raise Refused(_("Buku sudah ditutup sampai %(day)s.", day=format_date(closed)), field="ends_on")


def _period(organization_id: int, ends_on: date) -> LedgerPeriod | None:
    query = select(LedgerPeriod).where(
        LedgerPeriod.organization_id == organization_id, LedgerPeriod.ends_on == ends_on
    )
    return db.session.scalar(query)


def reopen_period(actor: Actor, period_id: int, reason: str) -> LedgerPeriod:
    """Open the last closed period again; who and why stays in its history.

    Raises NotFound for another organization's, Refused without a reason or for an earlier period.
    """
    actor.require(Permission.BOOKS_APPROVE)
    period = db.session.get(LedgerPeriod, period_id)
    if period is None or period.organization_id != actor.organization_id:
        raise NotFound(_("Periode tidak ditemukan."))
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    hold_head(period.organization_id)
    if period.ends_on != queries.closed_until(period.organization_id):
        raise Refused(_("Hanya periode terakhir yang bisa dibuka lagi."))
    states.advance(period, "open", actor, clean(reason, 300))
    return period
