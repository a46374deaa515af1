"""Before a round closes: who has not asked yet is reminded; whose pool is near a better price is invited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from market.commodities import queries as commodities
from market.core import clock, db, faults, jobs
from market.core.errors import Conflict, Refused
from market.core.i18n import _, format_datetime, lazy, ngettext
from market.core.money import format_rp
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission, Role
from market.cycles import queries
from market.cycles.models import NeedWidening
from market.identity import queries as identity
from market.needs import queries as need_queries
from market.needs import services as needs
from market.needs.models import Need
from market.notices import services as notices
from market.rounds import queries as rounds
from market.rounds.models import Round
from market.rounds.queries import Pool

REMIND_HOURS = Parameter(
    "cycles.remind_hours",
    24,
    "assumption: one day before the closing",
    *(1, 168, lazy("Ingatkan koperasi sebelum putaran tutup"), lazy("jam"), "office"),
)
NEAR_PERCENT = Parameter(
    "cycles.near_percent",
    25,
    "assumption: the next price is near when a quarter more reaches it",
    *(1, 100, lazy("Ajak menambah bila kekurangan kumpulan paling banyak"), lazy("persen"), "office"),
)
ASKERS = (Role.SECRETARY, Role.CHAIR)
DECIDERS = (Role.TREASURER, Role.CHAIR)


@dataclass(frozen=True)
class Invitation:
    """How far a pool is from its next price: `missing` packs, `saving_rp` less per pack for everybody."""

    need: Need
    pooled: int
    missing: int
    saving_rp: int
    closes_at: datetime


def remind_closing() -> int:
    """Ask for the reminders of rounds that close soon (a schedule); each round once."""
    now, told = clock.now(), 0
    for row, closes_at in queries.closing_soon(now, timedelta(hours=REMIND_HOURS.most)):
        ahead = timedelta(hours=REMIND_HOURS.value(organization_id=row.organization_id))
        if closes_at > now + ahead:
            continue
        told += 1
        row.reminded_at = clock.now()
        jobs.enqueue("cycle_closing", {"date_id": row.id}, unique_key=f"cycle_closing:{row.id}")
    return told


def announce_closing(date_id: int) -> int:
    """Tell those who have not asked, those whose needs wait for approval, and those whose pool is near a
    better price. Returns how many cooperatives were told something."""
    row = queries.date_by_id(date_id)
    round_ = rounds.round_by_id(row.round_id or 0)
    if round_.state != "open":
        return 0
    goods = _goods(round_)
    return sum(
        _tell(round_, goods, buyer.id) for buyer in identity.organizations("cooperative", round_.scope_code)
    )


def _goods(round_: Round) -> dict[int, Pool]:
    """The round's pools by pack."""
    return {good.pack.id: good for good in rounds.pool(round_.scope_code, family=round_.family).goods}


def _tell(round_: Round, goods: dict[int, Pool], buyer_id: int) -> int:
    """Whether (1 or 0) there was something to tell one cooperative."""
    asked = _asked(round_, buyer_id)
    waiting = [need for need in asked if need.state == "submitted"]
    near = [found for need in asked if need.state == "open" and (found := _near(round_, goods, need))]
    facts = {"title": round_.title, "closes": format_datetime(round_.closes_at)}
    title = _("%(title)s tutup %(closes)s", **facts)
    if not asked:
        notices.notify(
            buyer_id, ASKERS, "cycle_closing", title,
            _("Koperasi Anda belum memasang kebutuhan."), "/kebutuhan/usulan",
        )  # fmt: skip
    if waiting:
        text = ngettext(
            "%(n)s kebutuhan menunggu persetujuan Anda.", "%(n)s kebutuhan menunggu persetujuan Anda.",
            len(waiting),
        )  # fmt: skip
        notices.notify(buyer_id, DECIDERS, "cycle_closing", title, text, "/kebutuhan")
    for found in near:
        notices.notify(
            buyer_id,
            DECIDERS,
            "pool_near",
            title,
            _near_text(found),
            f"/kebutuhan/{found.need.id}/kelonggaran",
            sealed_for="supplier",
        )
    return int(not asked or bool(waiting or near))


def _asked(round_: Round, buyer_id: int) -> list[Need]:
    wanted = commodities.pack_ids_of(round_.family)
    found = need_queries.needs_of(buyer_id, ("draft", "submitted", "open"))
    return [need for need in found if wanted is None or need.pack_id in wanted]


def _near_text(found: Invitation) -> str:
    return _(
        "Kurang %(missing)s %(word)s %(goods)s, semua membayar %(saving)s lebih murah. Boleh lebih?",
        missing=found.missing,
        word=found.need.pack.unit_word,
        goods=found.need.pack.commodity.name,
        saving=format_rp(found.saving_rp),
    )


def invitation(actor: Actor, need_id: int) -> Invitation:
    """The pool of one's own approved need and how far it is from the next price.

    Raises NotFound, Forbidden; Conflict when no round is open for it or no better price is to be had.
    Who also sells for a supplier sees no price steps: the pool stays sealed for sellers.
    """
    actor.require(Permission.NEEDS_APPROVE)
    need = need_queries.need_for(actor, need_id)
    round_ = _round_of(need)
    found = _steps_ahead(round_, _goods(round_), need) if round_ and need.state == "open" else None
    if found is None or _sells(actor):
        raise Conflict(_("Tidak ada harga yang lebih murah yang bisa dikejar untuk kebutuhan ini."))
    return found


def _sells(actor: Actor) -> bool:
    return identity.sits_in(actor.user_id, "supplier")


def _round_of(need: Need) -> Round | None:
    """The open round that closes first among those that would take the need."""
    return rounds.open_round_for(need.place_code, need.pack.commodity.family)


def _near(round_: Round, goods: dict[int, Pool], need: Need) -> Invitation | None:
    """The invitation of a need without room to grow whose pool is near its next price."""
    found = _steps_ahead(round_, goods, need)
    if found is None or need.at_most_packs > need.wanted_packs:
        return None
    return (
        found
        if 100 * found.missing <= NEAR_PERCENT.value(organization_id=round_.organization_id) * found.pooled
        else None
    )


def _steps_ahead(round_: Round, goods: dict[int, Pool], need: Need) -> Invitation | None:
    """The next price at which the larger pool costs no more in all than the pool does now.

    Only there does the matcher take what nobody asked for: more goods for no more money.
    """
    pool = goods.get(need.pack_id)
    now = [price for start, price in pool.steps if start <= pool.packs] if pool else []
    if pool is None or not now:
        return None
    worth = [
        (start, price)
        for start, price in pool.steps
        if start > pool.packs and start * price <= pool.packs * now[-1]
    ]
    if not worth:
        return None
    start, price = worth[0]
    return Invitation(need, pool.packs, start - pool.packs, now[-1] - price, round_.closes_at)


def widen_need(actor: Actor, need_id: int, at_most_packs: int) -> Need:
    """Allow up to `at_most_packs` of an approved need, so that the pool may reach a better price.

    The matcher uses the room only where its buyer gains; nobody is served first for having said yes early.
    Raises NotFound, Forbidden, Conflict when a round has taken the need, Refused at `at_most_packs`.
    """
    actor.require(Permission.NEEDS_APPROVE)
    need = need_queries.need_for(actor, need_id)
    before = need.at_most_packs
    if at_most_packs < need.wanted_packs:
        raise Refused(_("Paling sedikit sama dengan yang diminta."), field="at_most_packs")
    if at_most_packs == before:
        return need
    needs.allow_more(actor, need.id, at_most_packs)
    faults.point("cycles.widened")
    db.session.add(
        NeedWidening(
            organization_id=need.organization_id,
            need_id=need.id,
            from_packs=before,
            to_packs=at_most_packs,
            actor_id=actor.user_id,
            at=clock.now(),
        )
    )
    db.session.flush()
    return need
