"""Is the buyer a member? By the account, or by phone and number together; nobody learns who else is."""

from __future__ import annotations

from market.core import clock, crypto, db
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.parameters import Parameter
from market.members import queries as members
from market.members.models import Member
from market.retail import queries_vouchers as queries
from market.retail.models_vouchers import MemberTry

MAX_TRIES = Parameter(
    "retail.member_tries",
    5,
    "assumption: five wrong numbers an hour are no mistake",
    *(1, 50, lazy("Nomor anggota salah per nomor HP dan jam"), lazy("kali"), "platform"),
)


def buying_member(cooperative_id: int, user_id: int | None, phone: str, number: str) -> Member | None:
    """The member who buys; None for anybody else.

    A typed number (or the card's code) counts only with the member's own phone. Raises Refused in the same
    words for a number that does not exist and one that is somebody else's; the edge counts it (`note_try`).
    """
    if number:
        return _typed(cooperative_id, phone, number)
    return members.by_user(cooperative_id, user_id) if user_id is not None else None


def _typed(cooperative_id: int, phone: str, number: str) -> Member:
    if queries.member_tries(cooperative_id, phone) >= MAX_TRIES.value():
        raise Refused(_("Terlalu banyak nomor anggota yang salah. Coba lagi satu jam lagi."))
    found = members.by_card(cooperative_id, number)
    if found is None or not crypto.same(found.phone, phone):
        raise Refused(_("Nomor anggota dan nomor HP ini tidak cocok."), field="member_number")
    return found


def note_try(cooperative_id: int, phone: str) -> None:
    """Count a number that did not fit (in a transaction of its own: the refused one is rolled back)."""
    db.session.add(MemberTry(organization_id=cooperative_id, phone=phone, at=clock.now()))
    db.session.flush()
