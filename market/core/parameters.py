"""Limits that people set: effective-dated values with a source, and a declared value until one is set.

A part declares each of its parameters once (name, value to begin with, where that comes from); a row
overrules it from its day on, for everybody or for one organization.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from market.core import clock, db
from market.core.errors import Refused
from market.core.i18n import LazyText, _
from market.core.permissions import Actor, Permission


class ParameterValue(db.Base):
    """One value from one day on; the newest row that is valid wins, an organization's own first."""

    __tablename__ = "parameter_value"
    __table_args__ = (Index("ix_parameter_value_name", "name", "valid_from_on"),)

    id: Mapped[int] = db.pk()
    name: Mapped[str] = mapped_column(String(60))
    organization_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    value: Mapped[int] = mapped_column(db.Count)
    valid_from_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


SETTERS = {
    "platform": Permission.OPERATE,
    "office": Permission.ROUNDS_RUN,
    "cooperative": Permission.PEOPLE_MANAGE,
}
"""Who may set a value of its own, by the kind of organization whose value is asked for."""

DECLARED: dict[str, Parameter] = {}
"""Every parameter of the product that people may set, by name."""


@dataclass(frozen=True)
class Parameter:
    """A whole number with a name: `start` is its value until somebody sets another.

    `label` and `unit` are words for people; one without a label is set by nobody on a page. `by` says whose
    own value the product asks for: the platform's alone, or an office's or a cooperative's before it.
    """

    name: str
    start: int
    source: str
    least: int = 0
    most: int = 10**12
    label: LazyText | None = None
    unit: LazyText | None = None
    by: str = "platform"

    def __post_init__(self) -> None:
        if self.label is not None:
            DECLARED[self.name] = self

    def value(self, on: date | None = None, organization_id: int | None = None) -> int:
        """The value on a day (today), the organization's own before everybody's."""
        return values((self,), on, organization_id)[self.name]


_VALID = (
    select(ParameterValue.name, ParameterValue.value)
    .where(
        ParameterValue.name.in_(bindparam("names", expanding=True)),
        ParameterValue.valid_from_on <= bindparam("day"),
        or_(
            ParameterValue.organization_id.is_(None),
            ParameterValue.organization_id == bindparam("organization"),
        ),
    )
    .order_by(ParameterValue.organization_id.isnot(None), ParameterValue.valid_from_on, ParameterValue.id)
)
"""The last row of a name counts; without an organization the second condition holds for none."""


def values(
    parameters: tuple[Parameter, ...], on: date | None = None, organization_id: int | None = None
) -> dict[str, int]:
    """Several parameters in one query."""
    found = {p.name: p.start for p in parameters}
    asked = {"names": list(found), "day": on or clock.today(), "organization": organization_id}
    found.update({row.name: row.value for row in db.session.execute(_VALID, asked)})
    return found


def column_of(parameter: Parameter, organization_id: ColumnElement[int] | Any) -> ColumnElement[int]:
    """Today's value as a column of another query, for the organization that a column of it names."""
    row = aliased(ParameterValue)
    newest = (
        select(row.value)
        .where(
            row.name == parameter.name,
            row.valid_from_on <= clock.today(),
            or_(row.organization_id.is_(None), row.organization_id == organization_id),
        )
        .order_by(row.organization_id.is_(None), row.valid_from_on.desc(), row.id.desc())
        .limit(1)
    )
    return func.coalesce(newest.scalar_subquery(), parameter.start)


def may_set(actor: Actor, parameter: Parameter) -> bool:
    """Whether the actor may set the parameter, for its own organization or (the platform) for everybody."""
    if actor.may(Permission.OPERATE):
        return True
    return actor.organization_kind == parameter.by and actor.may(SETTERS[parameter.by])


def settable(actor: Actor) -> list[Parameter]:
    """The parameters that the actor may set, by name."""
    return [DECLARED[name] for name in sorted(DECLARED) if may_set(actor, DECLARED[name])]


def rows_of(parameter: Parameter, organization_id: int | None) -> list[ParameterValue]:
    """Every value that counts or counted for an organization (everybody's among them), newest first."""
    query = select(ParameterValue).where(
        ParameterValue.name == parameter.name,
        or_(ParameterValue.organization_id.is_(None), ParameterValue.organization_id == organization_id),
    )
    return list(
        db.session.scalars(query.order_by(ParameterValue.valid_from_on.desc(), ParameterValue.id.desc()))
    )


def set_value(
    actor: Actor, parameter: Parameter, value: int, valid_from_on: date, source: str
) -> ParameterValue:
    """Set a parameter from a day on for the actor's organization (the platform: for everybody).

    Raises Forbidden for who may not, Refused for a value out of its bounds, a day that is over, or no source.
    """
    if not may_set(actor, parameter):
        actor.require(Permission.OPERATE)
    if not parameter.least <= value <= parameter.most:
        raise Refused(_("Nilai di luar batas."), field="value")
    if valid_from_on < clock.today():
        raise Refused(_("Perubahan berlaku paling cepat hari ini."), field="valid_from_on")
    if not source.strip():
        raise Refused(_("Tulis dasar perubahan ini."), field="source")
    row = ParameterValue(
        name=parameter.name,
        organization_id=None if actor.may(Permission.OPERATE) else actor.organization_id,
        value=value,
        valid_from_on=valid_from_on,
        source=source,
        entered_by=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    return row
