"""Telling people: rows in the transaction of the fact, mail by a job after it."""

from __future__ import annotations

from sqlalchemy import select, update

from market.core import clock, db, jobs, messages
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Role
from market.identity import queries as identity
from market.identity.models import User
from market.notices.models import Notice


def notify(
    organization_id: int, roles: tuple[Role, ...], kind: str, title: str, body: str, link: str
) -> list[Notice]:
    """Tell everybody who holds one of the seats; who has an e-mail address gets a message, too."""
    holders = identity.seat_holders(organization_id, tuple(role.value for role in roles))
    notices = [
        Notice(
            organization_id=organization_id,
            user_id=user.id,
            kind=kind,
            title=title,
            body=body,
            link=link,
            created_at=clock.now(),
        )
        for user in holders
    ]
    db.session.add_all(notices)
    db.session.flush()
    for notice, user in zip(notices, holders, strict=True):
        if user.email:
            jobs.enqueue("notice_mail", {"notice_id": notice.id}, unique_key=f"notice_mail:{notice.id}")
    return notices


def send_mail(notice_id: int, base_url: str) -> None:
    """Send one notice by e-mail, once; raises DeliveryFailed for another try."""
    notice = db.session.get_one(Notice, notice_id)
    user = db.session.get_one(User, notice.user_id)
    if notice.sent_at is not None or not user.email:
        return
    text = f"{notice.body}\n\n{base_url.rstrip('/')}{notice.link}\n"
    messages.send(messages.Message(to=user.email, subject=notice.title, text=text))
    notice.sent_at = clock.now()


def mark_read(actor: Actor, notice_id: int) -> Notice:
    """Note that the person has seen it; raises NotFound for somebody else's."""
    query = select(Notice).where(
        Notice.id == notice_id,
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
    return int(done.rowcount)
