"""What the law asks of a product on a day: plain values and pure functions, no database and no clock.

A duty comes from rules with a first and a last day. What is missing is told with the day from which it
counts; the last lawful day of a product follows from its facts, its permits and the rules alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

PERMIT_DUTIES = ("nib", "pirt", "md", "halal")
LABEL_DUTIES = ("net", "ingredients", "dates", "address")
DUTIES = (*PERMIT_DUTIES, *LABEL_DUTIES)
AHEAD_DAYS = 365
"""How far ahead people are told what will be missing."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """What is known of a product; an unknown packaging or shelf life counts as the stricter case."""

    category: str
    halal: str
    special: str = ""
    packaging: str = ""
    shelf_life_days: int | None = None
    net: bool = False
    ingredients: bool = False
    dated: bool = False
    address: bool = False


@dataclass(frozen=True)
class Rule:
    """A duty from one day to another (both inclusive); one that does not bind is told, not enforced."""

    duty: str
    categories: frozenset[str]
    specials: frozenset[str]
    packed_only: bool
    shelf_over_days: int | None
    from_on: date
    until_on: date | None
    binding: bool
    legal_ref: str = ""
    source_url: str = ""

    def in_force(self, day: date) -> bool:
        """Whether the rule counts on the day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def meets(self, facts: Facts) -> bool:
        """Whether the rule is about such a product."""
        if facts.category not in self.categories and facts.special not in self.specials:
            return False
        if self.packed_only and facts.packaging == "loose":
            return False
        over, days = self.shelf_over_days, facts.shelf_life_days
        return over is None or days is None or days > over


@dataclass(frozen=True)
class Held:
    """A permit that counts for the product; only a checked one keeps it on the shelf."""

    kind: str
    valid_until_on: date | None
    checked: bool


@dataclass(frozen=True)
class Gap:
    """A duty that is not met from a day on; `waiting` when only the check of a stated permit is missing."""

    duty: str
    from_on: date
    rule: Rule
    waiting: bool

    @property
    def binding(self) -> bool:
        """Whether the product may not be sold from that day on."""
        return self.rule.binding


def _met(duty: str, facts: Facts, held: Iterable[Held], day: date) -> bool:
    valid = {each.kind for each in held if each.valid_until_on is None or day <= each.valid_until_on}
    if duty == "halal":
        return facts.halal == "not_halal" or (facts.halal == "certified" and "halal" in valid)
    if duty == "pirt":
        return bool(valid & {"pirt", "md"})
    if duty in PERMIT_DUTIES:
        return duty in valid
    return bool(
        {"net": facts.net, "ingredients": facts.ingredients, "dates": facts.dated}.get(duty, facts.address)
    )


def _days(rules: Iterable[Rule], held: Iterable[Held], today: date) -> list[date]:
    """The days on which something can change: today, a rule's first day, the day after a permit's last."""
    starts = {rule.from_on for rule in rules}
    ends = {each.valid_until_on + _DAY for each in held if each.valid_until_on is not None}
    return sorted({today} | {day for day in starts | ends if day > today})


def gaps(rules: Sequence[Rule], facts: Facts, held: Collection[Held], today: date) -> list[Gap]:
    """What is missing today or will be within a year, each duty from its first day, binding ones first.

    A stated permit does not count before it was checked; its gap says that it waits.
    """
    mine = [rule for rule in rules if rule.meets(facts)]
    checked = [each for each in held if each.checked]
    found: dict[str, Gap] = {}
    for day in _days(mine, held, today):
        if day > today + timedelta(days=AHEAD_DAYS):
            break
        for rule in mine:
            earlier = found.get(rule.duty)
            if not rule.in_force(day) or (earlier and (earlier.binding or not rule.binding)):
                continue
            if not _met(rule.duty, facts, checked, day):
                waiting = _met(rule.duty, facts, held, day)
                found[rule.duty] = Gap(rule.duty, day, rule, waiting)
    return sorted(found.values(), key=lambda gap: (not gap.binding, gap.from_on, DUTIES.index(gap.duty)))


def unmet(rules: Sequence[Rule], facts: Facts, held: Collection[Held], today: date) -> list[Gap]:
    """The binding duties in force today that are not met."""
    return [gap for gap in gaps(rules, facts, held, today) if gap.binding and gap.from_on <= today]


def lawful_until(rules: Sequence[Rule], facts: Facts, held: Collection[Held], today: date) -> date | None:
    """The last day on which the product may be sold as things stand; yesterday when it may not today.

    None when nothing that is known now ends it.
    """
    mine = [rule for rule in rules if rule.binding and rule.meets(facts)]
    checked = [each for each in held if each.checked]
    for day in _days(mine, checked, today):
        if any(rule.in_force(day) and not _met(rule.duty, facts, checked, day) for rule in mine):
            return day - _DAY
    return None


def needed(rules: Iterable[Rule], facts: Facts, today: date) -> list[str]:
    """The permits that such a product will be asked for, within a year."""
    last = today + timedelta(days=AHEAD_DAYS)
    asked = {
        rule.duty
        for rule in rules
        if rule.duty in PERMIT_DUTIES
        and rule.meets(facts)
        and rule.from_on <= last
        and (rule.until_on is None or rule.until_on >= today)
    }
    if "md" in asked:
        asked.discard("pirt")
    return [duty for duty in PERMIT_DUTIES if duty in asked]
