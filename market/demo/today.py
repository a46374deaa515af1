"""This fortnight's needs and offers, and the round that is solved anew at every start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from market.core import clock, db
from market.core.errors import Refused
from market.core.permissions import Actor, Role
from market.cycles import services as cycles
from market.demo import supply
from market.demo.agenda import Agenda, work_off
from market.demo.earlier import ready_terms
from market.demo.world import SEATS, WORDS, Cooperative, World, familiar
from market.identity import services as identity
from market.needs import services as needs
from market.refdata import needs as story
from market.rounds import queries as round_queries
from market.rounds import services as rounds
from market.rounds.models import Round
from market.rounds.solver import Limits

OFFERS_LAST_DAYS = 90
ANSWER_HOURS = 24
GOOD_GAP_PPM = 5_000
TITLE = "Putaran dua mingguan"
EARLY_BIRDS, EARLY_PACKS, EARLY_SHARE = 9, ("BRS-PRM-25", "BRS-MED-25", "GULA-50", "MGK-12"), 3
"""How many cooperatives already ask for the next round, for which goods, and what share (one in so many) of
what they asked for in this one. Assumed."""
STALE_SHARE = 2
"""A round is out of date when one in so many of its needs is due before anything could come."""


def plan_today(world: World, agenda: Agenda) -> None:
    """Needs of the last three days, approved by a second person, new offers, and an open round."""
    wishes = story.needs_for(world.city, world.seed)
    posted: list[tuple[Cooperative, int]] = []

    def open_it() -> None:
        open_round(world.officer)

    def ask() -> None:
        with familiar(world):
            posted.extend(post(world, wishes))

    def approve() -> None:
        with familiar(world):
            for cooperative, need_id in posted:
                needs.approve_need(cooperative.treasurer, need_id)

    def leave_one() -> None:
        leave_one_waiting(world)

    agenda.plan(3, "08:00", open_it)
    agenda.plan(3, "10:00", ask)
    agenda.plan(2, "19:30", approve)
    agenda.plan(1, "09:00", lambda: _offer(world, agenda))
    agenda.plan(0, "07:30", leave_one)


def _offer(world: World, agenda: Agenda) -> None:
    supply.make_offers(world, agenda.today + timedelta(days=OFFERS_LAST_DAYS))


def open_round(officer: Actor) -> int:
    """A round that collects needs until tomorrow evening."""
    closes_at = clock.now() + timedelta(days=4)
    return rounds.open_round(officer, TITLE, closes_at, answer_hours=ANSWER_HOURS).id


def post(world: World, wishes: Iterable[story.NeedSpec]) -> list[tuple[Cooperative, int]]:
    """The secretaries hand in what the story says; days count from today, the day of the walk's end.

    What a quota does not allow yet (a second start within its days) is left out.
    """
    made = []
    for wish in wishes:
        cooperative = world.cooperatives[wish.village_code]
        with suppress(Refused):
            need = needs.post_need(
                cooperative.secretary,
                pack_id=world.packs[wish.pack],
                wanted_packs=wish.wanted_packs,
                at_most_packs=wish.at_most_packs,
                ceiling_rp=wish.ceiling_rp,
                cash_rp=wish.cash_rp,
                terms=ready_terms(wish.terms),
                needed_by_on=world.today + timedelta(days=wish.needed_in_days),
                truck_access=wish.truck_access,
                max_suppliers=wish.max_suppliers,
            )
            made.append((cooperative, need.id))
    return made


def leave_one_waiting(world: World) -> None:
    """One need of the story's cooperative waits for the treasurer: the tour's first step."""
    needs.post_need(
        world.story.secretary,
        pack_id=world.packs["BRS-PRM-25"],
        wanted_packs=12,
        needed_by_on=world.today + timedelta(days=12),
        note="Untuk pesanan warung minggu depan.",
    )


# --- every start ---------------------------------------------------------------------------------


def solve_anew(world: World, tries: Sequence[Limits]) -> int:
    """Solve the round that waits, or a new one when the last was published; returns its id.

    A plan that is not near enough to its bound (a busy machine) is worked on again with the next,
    longer limit. Opens its own transactions. Nothing that people did is undone: a published round
    stays, and only a round that nobody has published is worked out again.
    """
    round_id = 0
    for limits in tries:
        with db.transaction():
            round_id = _round_to_solve(world)
        rounds.solve_round(round_id, limits)
        if _near_enough(round_id):
            break
    work_off()
    return round_id


def _near_enough(round_id: int) -> bool:
    with db.transaction(read_only=True):
        plan = round_queries.newest_plan(round_id)
        return plan is not None and plan.gap_ppm is not None and plan.gap_ppm <= GOOD_GAP_PPM


def _round_to_solve(world: World) -> int:
    newest = next(iter(round_queries.rounds_of(world.officer, limit=1)), None)
    if newest is not None and newest.state in ("closed", "solving"):
        return newest.id
    if newest is not None and newest.state in ("solved", "failed"):
        if not _stale(newest):
            return rounds.solve_again(world.officer, newest.id).id
        rounds.cancel_round(world.officer, newest.id, "kebutuhannya sudah lewat tanggal")
    if newest is None or newest.state != "open":
        newest = _ask_again(world)
    closed = rounds.close_round(world.officer, newest.id)
    ask_for_the_next(world)
    return closed.id


def ask_for_the_next(world: World) -> None:
    """A rhythm for the rounds to come, and what the strongest cooperatives already ask for in the next."""
    with suppress(Refused):  # an earlier start has planned it
        cycles.plan_cycle(
            world.officer,
            title="Belanja dua mingguan",
            first_opens_on=world.today + timedelta(days=3),
            every_weeks=2,
            open_days=3,
            answer_hours=ANSWER_HOURS,
            delivery_days=5,
        )
    reload_people(world)
    early = {cooperative.spec.village_code for cooperative in world.pilots(at_most=EARLY_BIRDS)}
    wishes = story.needs_for(world.city, world.seed)
    later = [_smaller(wish) for wish in wishes if wish.village_code in early and wish.pack in EARLY_PACKS]
    with familiar(world):
        for cooperative, need_id in post(world, later):
            needs.approve_need(cooperative.treasurer, need_id)


def _smaller(wish: story.NeedSpec) -> story.NeedSpec:
    packs = -(-wish.wanted_packs // EARLY_SHARE)
    days = wish.needed_in_days + 14
    return replace(wish, wanted_packs=packs, at_most_packs=packs, needed_in_days=days, cash_rp=None)


def _stale(round_: Round) -> bool:
    """Most of its needs are due before a supplier could come."""
    soon = clock.today() + timedelta(days=2)
    due = [round_queries.needed_by(row.need_id) for row in round_queries.round_needs(round_.id)]
    return sum(day <= soon for day in due) * STALE_SHARE > len(due)


def _ask_again(world: World) -> Round:
    """Another fortnight: the same cooperatives ask again for what they sell."""
    needs.expire_old()
    reload_people(world)
    round_id = open_round(world.officer)
    with familiar(world):
        for cooperative, need_id in post(world, story.needs_for(world.city, world.seed)):
            needs.approve_need(cooperative.treasurer, need_id)
    return round_queries.round_by_id(round_id)


def reload_people(world: World) -> None:
    """Find the story's people again in a database that was filled at an earlier start."""
    for spec in story.cooperatives_for(world.city, world.seed):
        if spec.village_code in world.cooperatives or spec.level not in story.AWAKE:
            continue
        people = {role: actor_by_login(login_of(world.city, spec.village_code, role)) for role in SEATS}
        chair = people[Role.CHAIR]
        world.cooperatives[spec.village_code] = Cooperative(
            spec, chair.organization_id or 0, chair.organization_name, people
        )


def login_of(city: str, village_code: str, role: Role) -> str:
    """The login of an officer of the story."""
    named = f"{WORDS[role]}.{village_code}"
    return named if identity.find_login(named) else WORDS[role]


def actor_by_login(login: str) -> Actor:
    """The person with this login in the first seat; raises LookupError."""
    user = identity.find_login(login)
    if user is None:
        raise LookupError(login)
    return identity.actor_of(user, next(iter(identity.seats(user.id)), None))
