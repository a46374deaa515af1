"""Signing up and in with a code on the phone: asking, sending, checking, and what the proof opens.

A code proves that somebody holds the phone, no more: SIM cards are swapped and messages read by others.
So it opens the seats of sellers and members alone; boards, suppliers and offices keep their passwords.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from market.core import clock, crypto, db, faults, jobs, messages
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import SYSTEM
from market.identity import queries, services
from market.identity.models import User
from market.identity.models_codes import MAX_TRIES, SignInCode
from market.identity.services import SignIn

LIFE_S = 5 * 60
WAIT_S = 60
"""Between two codes for one number."""
PROOF_S = 30 * 60
"""How long a new person may take to type a name after the code."""
PER_PHONE_HOUR, PER_PHONE_DAY = 5, 10
PER_ADDRESS_HOUR = 30
"""A whole kelurahan may share one address of its telephone company."""
ALL_PER_HOUR = 2_000
"""A bill for messages that somebody else runs up has an end."""
KEPT_S = 24 * 3600
_WHERE = {"table": "sign_in_code", "column": "code"}


@dataclass(frozen=True)
class Asked:
    """What the browser keeps of a request: the secret of the flow."""

    flow: str
    code_id: int


def ask(typed_phone: str, address: str) -> Asked:
    """Send a code to a number; the answer is the same whether anybody has an account with it.

    Raises Refused for a number that is none, too soon after the last one, or too many of the number, of
    the address or of everybody.
    """
    phone = _phone(typed_phone)
    if messages.phone_channel() is None:
        raise Refused(_("Kode lewat nomor HP belum tersedia di sini. Masuk dengan kata sandi."))
    now, place = clock.now(), fingerprint(address)
    _require_room(phone, place)
    flow = crypto.token()
    row = {
        "phone": phone,
        "slot": int(now.timestamp()) // WAIT_S,
        "address": place,
        "flow_hash": crypto.hash_token(flow),
        "code_hash": "",
        "sealed": "",
        "asked_at": now,
        "expires_at": now + timedelta(seconds=LIFE_S),
        "tries": 0,
        "failure": "",
    }
    db.session.execute(db.insert_ignore(SignInCode.__table__), row)
    made = _of_flow(flow)
    if made is None:
        raise _too_soon(WAIT_S)
    _write_code(made)
    _end_older(made)
    jobs.enqueue("sign_in_code", {"code_id": made.id}, unique_key=f"sign_in_code:{made.id}")
    faults.point("code_asked")
    return Asked(flow, made.id)


def _phone(typed: str) -> str:
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def fingerprint(address: str) -> str:
    """A keyed fingerprint of where a request comes from: an address, of IPv6 the /64 that one home has."""
    try:
        found = ip_address(address)
        if isinstance(found, IPv6Address):
            mapped = found.ipv4_mapped
            address = str(mapped or ip_network((found, 64), strict=False).network_address)
    except ValueError:
        address = ""
    return crypto.blind_index(address, table="sign_in_code", column="address")


def _asked_since(seconds: int, *where: object) -> int:
    since = clock.now() - timedelta(seconds=seconds)
    query = select(func.count()).select_from(SignInCode).where(SignInCode.asked_at > since, *where)  # type: ignore[arg-type]
    return db.session.scalar(query) or 0


def _require_room(phone: str, place: str) -> None:
    last = db.session.scalar(select(func.max(SignInCode.asked_at)).where(SignInCode.phone == phone))
    if last is not None and (left := WAIT_S - int((clock.now() - last).total_seconds())) > 0:
        raise _too_soon(left)
    mine, there = SignInCode.phone == phone, SignInCode.address == place
    if _asked_since(3600, mine) >= PER_PHONE_HOUR or _asked_since(KEPT_S, mine) >= PER_PHONE_DAY:
        raise Refused(_("Nomor ini sudah terlalu sering meminta kode. Coba lagi nanti."), field="phone")
    if _asked_since(3600, there) >= PER_ADDRESS_HOUR or _asked_since(3600) >= ALL_PER_HOUR:
        raise Refused(_("Terlalu banyak permintaan kode dari sini. Coba lagi satu jam lagi."))


def _too_soon(left_s: int) -> Refused:
    return Refused(_("Tunggu %(n)s detik sebelum meminta kode lagi.", n=left_s), field="phone")


def _write_code(row: SignInCode) -> None:
    code = f"{secrets.randbelow(1_000_000):06d}"
    row.code_hash = _hashed(row.id, code)
    row.sealed = crypto.seal(code, row=row.id, **_WHERE)
    db.session.flush()


def _hashed(code_id: int, code: str) -> str:
    return crypto.blind_index(f"{code_id}:{code}", **_WHERE)


def _end_older(row: SignInCode) -> None:
    """A newer code makes the older ones of the number worthless."""
    older = (SignInCode.phone == row.phone, SignInCode.id != row.id, SignInCode.used_at.is_(None))
    now = clock.now()
    db.session.execute(
        update(SignInCode).where(*older, SignInCode.expires_at > now).values(expires_at=now, sealed="")
    )


def _of_flow(flow: str) -> SignInCode | None:
    query = select(SignInCode).where(SignInCode.flow_hash == crypto.hash_token(flow))
    return db.session.scalar(query.execution_options(populate_existing=True))


# --- sending ---------------------------------------------------------------------------------------


def letter(code_id: int) -> messages.Message | None:
    """The message that still has to leave; None when it has left or came too late to help anybody."""
    row = db.session.get(SignInCode, code_id)
    channel = messages.phone_channel()
    if row is None or not row.sealed or row.expires_at <= clock.now() or channel is None:
        return None
    code = crypto.unseal(row.sealed, row=row.id, **_WHERE)
    text = _(
        "Kode masuk Lumbung: %(code)s. Berlaku 5 menit. Jangan berikan kepada siapa pun, juga bukan petugas.",
        code=code,
    )
    return messages.Message(to=row.phone, subject="", text=text, channel=channel, key=f"code-{row.id}")


def forget(code_id: int, failure: str = "") -> None:
    """The message has left, or never will: the code itself is kept nowhere any more."""
    db.session.execute(
        update(SignInCode).where(SignInCode.id == code_id).values(sealed="", failure=failure[:100])
    )


# --- checking --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """What the page of the code shows: whose code, how long to wait for another, and whether it was sent."""

    phone: str
    wait_s: int
    over: bool
    unsent: bool


def waiting(flow: str) -> Waiting | None:
    """The request that this browser made and has not finished; None when there is none."""
    row = _of_flow(flow)
    if row is None or row.used_at is not None:
        return None
    left = WAIT_S - int((clock.now() - row.asked_at).total_seconds())
    over = row.expires_at <= clock.now() or row.tries >= MAX_TRIES
    return Waiting(row.phone, max(0, left), over, bool(row.failure))


def check(flow: str, code: str) -> bool:
    """Whether this is the code; each call is one of the few tries, counted before anything is compared.

    The caller commits, whatever the answer: a try that were rolled back would be a try for nothing.
    """
    row = _of_flow(flow)
    if row is None:
        return False
    now = clock.now()
    counted = update(SignInCode).where(
        SignInCode.id == row.id,
        SignInCode.tries < MAX_TRIES,
        SignInCode.used_at.is_(None),
        SignInCode.expires_at > now,
    )
    if db.rows_changed(counted.values(tries=SignInCode.tries + 1)) != 1:
        return False
    faults.point("code_counted")
    if not crypto.same(row.code_hash, _hashed(row.id, code)):
        return False
    used = update(SignInCode).where(SignInCode.id == row.id, SignInCode.used_at.is_(None))
    return db.rows_changed(used.values(used_at=now, sealed="")) == 1


def _proof(flow: str) -> SignInCode | None:
    """The request whose code was right, until it was spent or grew old."""
    row = _of_flow(flow)
    if row is None or row.used_at is None or row.spent_at is not None:
        return None
    return row if row.used_at > clock.now() - timedelta(seconds=PROOF_S) else None


def proven_phone(flow: str) -> str | None:
    """The number that this browser has proven to hold, and has not used the proof of."""
    row = _proof(flow)
    return None if row is None else row.phone


def _spend(row: SignInCode, user_id: int | None = None) -> None:
    """Use the proof up; before anything is made of it, so that of two at once one is refused."""
    once = update(SignInCode).where(SignInCode.id == row.id, SignInCode.spent_at.is_(None))
    if db.rows_changed(once.values(spent_at=clock.now(), user_id=user_id)) != 1:
        raise Refused(_("Kode ini sudah dipakai. Minta kode baru."))


# --- what the proof opens --------------------------------------------------------------------------


def enter(flow: str, user_agent: str = "") -> SignIn | None:
    """Open a session for the person with the proven number; None when nobody has an account with it.

    Raises Refused without a proof, for a closed account, and for people whose seats all need a password.
    """
    row = _require_proof(flow)
    user = queries.user_with_phone(row.phone)
    if user is None:
        return None
    _spend(row, user.id)
    return services.sign_in_by_code(user, user_agent)


def sign_up(flow: str, name: str, user_agent: str = "") -> SignIn:
    """Make the account of a proven number, without a password. Raises Refused without a proof or a name."""
    row = _require_proof(flow)
    if len(name.strip()) < 2:
        raise Refused(_("Tulis nama Anda."), field="name")
    _spend(row)
    user = _account(row.phone, name.strip())
    row.user_id = user.id
    db.session.flush()
    faults.point("signed_up")
    return services.sign_in_by_code(user, user_agent)


def _account(phone: str, name: str) -> User:
    """The account of a proven number; of two browsers that make it at once the second finds the first's."""
    known = queries.user_with_phone(phone)
    if known is not None:
        return known
    try:
        with db.session.begin_nested():
            return services.create_user(SYSTEM, phone, name, phone=phone)
    except IntegrityError:
        made = queries.user_with_phone(phone)
        if made is None:
            raise
        return made


def _require_proof(flow: str) -> SignInCode:
    row = _proof(flow)
    if row is None:
        raise Refused(_("Nomor HP belum terbukti. Minta kode baru."))
    return row


def prune() -> int:
    """Remove requests that no limit counts any more; returns how many. What never left is forgotten."""
    now = clock.now()
    unsent = (SignInCode.expires_at < now, SignInCode.sealed != "")
    db.session.execute(update(SignInCode).where(*unsent).values(sealed=""))
    old = now - timedelta(seconds=KEPT_S)
    return db.rows_changed(delete(SignInCode).where(SignInCode.asked_at < old))
