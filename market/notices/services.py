"""Telling people: rows in the transaction of the fact, mail by a job after it."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from market.core import clock, db, i18n, jobs, messages
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Role
from market.identity import queries as identity
from market.identity.models import User
from market.notices.models import MAX_TITLE, Notice

MAX_ID = 2**63 - 1


def notify(
    organization_id: int,
    roles: tuple[Role, ...],
    kind: str,
    title: str,
    body: str,
    link: str,
    *,
    sealed_for: str = "",
) -> list[Notice]:
    """Tell everybody who holds one of the seats; who has an e-mail address gets a message, too.

    A lazy `title` or `body` is written in each person's own language. `link` is a path of our own
    site; raises ValueError for anything else. With `sealed_for` ("supplier") those who also sit in an
    organization of that kind are left out: the news would tell them what is sealed.
    """
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"a notice leads to a page of ours, not to {link!r}")
    holders = identity.seat_holders(organization_id, tuple(role.value for role in roles))
    if sealed_for:
        holders = [user for user in holders if not identity.sits_in(user.id, sealed_for)]
    notices = [_notice(organization_id, user, kind, title, body, link) for user in holders]
    db.session.add_all(notices)
    db.session.flush()
    for notice, user in zip(notices, holders, strict=True):
        if user.email:
            _post(notice)
    return notices


def tell(
    organization_id: int,
    user_id: int,
    kind: str,
    title: str,
    body: str,
    link: str,
    *,
    by_phone: bool = False,
) -> Notice:
    """Tell one person, in the inbox of the seat with this organization and by mail where there is one.

    `by_phone` is for what a person without mail waits for: a message to the phone, where there is a way.
    Raises ValueError as `notify`.
    """
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"a notice leads to a page of ours, not to {link!r}")
    user = db.session.get_one(User, user_id)
    notice = _notice(organization_id, user, kind, title, body, link)
    db.session.add(notice)
    db.session.flush()
    if user.email or (by_phone and user.phone and messages.phone_channel()):
        _post(notice)
    return notice


def _post(notice: Notice) -> None:
    jobs.enqueue("notice_mail", {"notice_id": notice.id}, unique_key=f"notice_mail:{notice.id}")


def _notice(organization_id: int, user: User, kind: str, title: str, body: str, link: str) -> Notice:
    with i18n.use_locale(user.locale):
        return Notice(
            organization_id=organization_id,
            user_id=user.id,
            kind=kind,
            title=str(title)[:MAX_TITLE],
            body=str(body),
            link=link,
            created_at=clock.now(),
        )


def letter(notice_id: int) -> messages.Message | None:
    """The mail, or the message to a phone, that a notice still owes its person.

    None when it was sent or there is no address. Raises ValueError for an address that is none.
    """
    notice = db.session.get_one(Notice, notice_id)
    user = db.session.get_one(User, notice.user_id)
    channel = messages.phone_channel()
    if notice.sent_at is not None or notice.failure:
        return None
    text = f"{notice.body}\n\n{messages.link(notice.link)}\n"
    if not user.email:
        if not user.phone or channel is None:
            return None
        told = f"{notice.title}\n{text}"
        return messages.Message(user.phone, "", told, channel=channel, key=f"notice-{notice.id}")
    return messages.Message(to=user.email, subject=notice.title, text=text, key=f"notice-{notice.id}")


def mark_sent(notice_id: int) -> None:
    """The mail is on its way."""
    db.session.get_one(Notice, notice_id).sent_at = clock.now()


def mark_failed(notice_id: int, reason: str) -> None:
    """No further try can help: the notice stays in the inbox, the mail is given up."""
    db.session.get_one(Notice, notice_id).failure = reason[:300]


def mark_read(actor: Actor, notice_id: int) -> Notice:
    """Note that the person has seen it; raises NotFound for somebody else's."""
    query = select(Notice).where(
        Notice.id == min(notice_id, MAX_ID),
        Notice.user_id == actor.user_id,
        Notice.organization_id == actor.organization_id,
    )
    notice = db.session.scalar(query)
    if notice is None:
        raise NotFound(_("Kabar tidak ditemukan."))
    notice.read_at = notice.read_at or clock.now()
    return notice


def mark_all_read(actor: Actor) -> int:
    """Empty the inbox of the seat in force; returns how many were unread."""
    done = db.session.execute(
        update(Notice)
        .where(
            Notice.user_id == actor.user_id,
            Notice.organization_id == actor.organization_id,
            Notice.read_at.is_(None),
        )
        .values(read_at=clock.now())
    )
    return cast(CursorResult[Any], done).rowcount
