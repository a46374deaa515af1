"""`lumbung demo` and `lumbung seed`: prepare the story, solve the round, say what came of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market import migrations, refdata
from market.config import ConfigError, Settings
from market.core import db
from market.core.permissions import Actor
from market.demo import baking, gas, residents, shop, small, snacks, storage, summary, today, world
from market.demo.agenda import Agenda
from market.demo.earlier import Earlier
from market.demo.world import PASSWORD, World
from market.identity import queries as identity
from market.refdata import needs as story
from market.rounds import queries as rounds
from market.rounds.solver import Limits

CITIES = tuple(sorted(refdata.CITIES))
LATER = (Limits(gap=0.004, seconds=3), Limits(gap=0.004, seconds=10), Limits(gap=0.004, seconds=20))
"""A later start solves the same round within the time that a person waits, longer on a busy machine."""
FIRST = LATER[1:]
BEGAN_DAYS_AGO = 127
Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """A city's file that can be served; its round is still to be solved, unless another demo does that."""

    city: str
    url: str
    ours: bool
    fresh: bool
    began: float


def run(settings: Settings, city: str, reset: bool, url: str) -> dict[str, Any]:
    """Have the city's story ready, solve its round, and return the summary (see `summary.of`).

    The process is left configured on the city's file. Raises what `prepare` raises.
    """
    return finish(prepare(settings, city, reset, url))


def prepare(settings: Settings, city: str, reset: bool, url: str) -> Prepared:
    """Have the city's story ready under this version's schema, and the process configured on it.

    A file that another demo is using is only read: raises ConfigError for `reset` then.
    """
    began = time.monotonic()
    path = storage.path_of(settings)
    ours = storage.hold(path)
    if reset and not ours:
        raise ConfigError(f"another demo of {city} is running: stop it before --reset")
    fresh = reset or not path.exists()
    if fresh and not ours:
        raise ConfigError(f"another start is preparing {city}: try again when it is done")
    if fresh:
        write_story(path, refdata.CITIES[city], story.SEED, progress(began))
    db.configure(settings.database_url)
    if ours:
        _migrate()
    return Prepared(city, url, ours, fresh, began)


def finish(made: Prepared) -> dict[str, Any]:
    """Solve the round of a city that is ready (and may be served already); returns the summary."""
    round_id = None
    if made.ours:
        round_id = _solve(refdata.CITIES[made.city], FIRST if made.fresh else LATER)
        progress(made.began)("round solved")
    with db.transaction(read_only=True):
        told = _told(made.city, round_id)
    return {**told, "url": made.url}


def progress(began: float) -> Say:
    """Lines with the seconds since `began` on stderr: stdout belongs to the summary."""

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", file=sys.stderr, flush=True)

    return say


def write_story(path: Path, city: str, seed: int, say: Say) -> None:
    """Write the whole story into a new file and put it in place of the old one."""
    draft = storage.unfinished(path)
    db.configure(f"sqlite:///{draft}", durable=False)
    _migrate()
    say("schema ready")
    fill(World(city, seed), say)
    db.dispose()
    storage.put_in_place(draft, path)


def _migrate() -> None:
    with db.engine().connect() as connection:
        migrations.upgrade(connection)
        connection.commit()


def fill(place: World, say: Say) -> World:
    """Walk the story of a city from its first day to this morning."""
    agenda = Agenda()
    specs = story.cooperatives_for(place.city, place.seed)

    def people() -> None:
        world.load_reference(place)
        world.make_office(place)
        world.make_cooperatives(place, specs)
        world.make_suppliers(place)
        world.make_seller(place)
        earlier = Earlier(place, agenda)
        cash_rp = gas.with_cash(earlier.cash_needed_rp(), earlier.pilots)
        shop.plan_shops(place, agenda, cash_rp, BEGAN_DAYS_AGO)
        earlier.plan()
        gas.plan_gas(place, agenda, earlier.pilots)
        say(f"{len(place.cooperatives)} cooperatives, {len(place.suppliers)} suppliers")

    products: list[int] = []
    agenda.plan(BEGAN_DAYS_AGO, "08:00", people)
    snacks.plan_snacks(place, agenda, products, listed=32, approved=31)
    baking.plan_baking(place, agenda)
    residents.plan_residents(place, agenda, products)
    agenda.plan(30, "06:00", lambda: say("four months of books, shelves and sales"))
    today.plan_today(place, agenda)
    agenda.plan(3, "07:00", lambda: say("the first round is over: delivered, billed, paid, sold"))
    agenda.run()
    say("this fortnight's needs and offers")
    return place


def _solve(city: str, tries: Sequence[Limits]) -> int:
    with db.transaction(read_only=True):
        place = World(city, story.SEED, officer=today.actor_by_login("dinas"))
        place.packs = world.pack_ids()
    return today.solve_anew(place, tries)


def _told(city: str, round_id: int | None) -> dict[str, Any]:
    officer = today.actor_by_login("dinas")
    found = round_id or _newest_with_plan(officer)
    told = summary.of(city, officer, found)
    return {**told, "logins": dict(world.TOUR_LOGINS), "password": PASSWORD}


def _newest_with_plan(officer: Actor) -> int:
    for round_ in rounds.rounds_of(officer):
        if rounds.newest_plan(round_.id) is not None:
            return round_.id
    raise ConfigError("no round of this city has a plan yet: try again in a moment")


def seed(scenario: str, number: int) -> dict[str, Any]:
    """Load a scenario into the configured, migrated database; {"password", "logins"}.

    The same number gives the same people, needs and offers. Raises ConfigError when somebody is in the
    database already.
    """
    with db.transaction(read_only=True):
        if identity.organizations("office") or identity.organizations("cooperative"):
            raise ConfigError("the database is not empty: seeding it would mix a story with real people")
    if scenario == "small":
        with db.transaction():
            logins = small.fill(number)
    else:
        fill(World(refdata.CITIES["surabaya"], number or story.SEED), progress(time.monotonic()))
        logins = world.TOUR_LOGINS
    return {"password": PASSWORD, "scenario": scenario, "seed": number, "logins": dict(logins)}
