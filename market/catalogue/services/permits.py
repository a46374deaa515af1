"""Permits: the seller states a number, the cooperative checks it, products follow from both.

`refresh` is the one place that decides until when a product may be sold; everything that changes a
product's facts, its permits or the rules calls it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from market.catalogue import duties, queries, queries_permits
from market.catalogue.duties import PERMIT_DUTIES
from market.catalogue.models import Product
from market.catalogue.models_permits import Permit
from market.catalogue.services import rules
from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.permissions import Actor, Permission, Role
from market.notices import services as notices

FORMS = {
    "nib": re.compile(r"[0-9]{13}"),
    "pirt": rules.PIRT,
    "md": re.compile(r"MD [0-9]{9,15}"),
    "halal": re.compile(r"ID[0-9]{17}|[0-9]{11,16}"),
}
"""How the numbers are written (domain facts 6.1 and 12 F).

The forms of MD and halal are not confirmed, and older certificates bear other ones, so both are wide:
whether a number is right is for the cooperative to compare.
"""
LONGEST_YEARS = 10
CHECKERS = (Role.SECRETARY, Role.CHAIR)


def state_permit(
    actor: Actor,
    kind: str,
    number: str,
    product_id: int | None = None,
    valid_until_on: date | None = None,
    photo: bytes | None = None,
    *,
    example: bool = False,
) -> Permit:
    """A seller states a permit for one product or for all; it replaces an equal one and waits for a check.

    A P-IRT number without a date ends with its year. Raises Forbidden, NotFound for somebody else's
    product, Refused for a malformed number or one that has ended.
    """
    actor.require(Permission.PRODUCT_LIST)
    if actor.organization_kind != "seller":
        raise Refused(_("Izin ditulis oleh usahanya sendiri."))
    if product_id is not None:
        queries.own_product(actor, product_id)
    number = _number(kind, number)
    permit = Permit(
        organization_id=actor.organization_id or 0,
        product_id=product_id,
        kind=kind,
        number=number,
        valid_until_on=_ends(kind, number, valid_until_on),
        photo=rules.paper(photo) if photo else None,
        example=example,
        state_at=clock.now(),
        created_at=clock.now(),
    )
    for earlier in _same(permit):
        if earlier.valid_until_on == permit.valid_until_on and not photo:
            return earlier
        if earlier.state == "stated":
            states.advance(earlier, "ended", actor, stored("diganti"))
    db.session.add(permit)
    db.session.flush()
    states.start(permit, actor)
    return permit


def _number(kind: str, typed: str) -> str:
    if kind not in PERMIT_DUTIES:
        raise Refused(_("Pilih jenis izin."), field="kind")
    number = rules.written(kind, typed)
    if not FORMS[kind].fullmatch(number):
        told = {
            "nib": _("NIB terdiri dari 13 angka."),
            "pirt": _("Nomor P-IRT ditulis seperti 1234567890123-28."),
            "md": _("Nomor izin edar ditulis seperti MD 123456789012."),
            "halal": _("Nomor sertifikat halal ditulis seperti ID35110000123450921, yang lama angka saja."),
        }
        raise Refused(told[kind], field="number")
    return number


def _ends(kind: str, number: str, valid_until_on: date | None) -> date | None:
    if kind == "pirt":
        rules.pirt(number)
        year = 2000 + int(number[-2:])
        if valid_until_on is None:
            return date(year, 12, 31)
        if valid_until_on.year != year:
            raise Refused(_("Tahunnya tidak sama dengan dua angka terakhir P-IRT."), field="valid_until_on")
    today = clock.today()
    if valid_until_on is not None and not today <= valid_until_on <= today + timedelta(
        days=366 * LONGEST_YEARS
    ):
        raise Refused(_("Tanggal ini sudah lewat atau terlalu jauh."), field="valid_until_on")
    return valid_until_on


def _same(permit: Permit) -> list[Permit]:
    """Counting permits of the same number, kind and product."""
    query = select(Permit).where(
        Permit.organization_id == permit.organization_id,
        Permit.kind == permit.kind,
        Permit.number == permit.number,
        Permit.product_id.is_(None) if permit.product_id is None else Permit.product_id == permit.product_id,
        Permit.state.in_(queries_permits.COUNTING),
    )
    return list(db.session.scalars(query))


def state_numbers(actor: Actor, product: Product, numbers: dict[str, str], *, example: bool = False) -> None:
    """The numbers that were typed with a product ({kind: number}); other stated ones of a kind end."""
    for kind, number in numbers.items():
        kept = None
        if number:
            try:
                kept = state_permit(actor, kind, number, product.id, example=example)
            except Refused as refusal:
                field = {"number": f"{kind}_number"}.get(refusal.field or "", refusal.field)
                field = "pirt" if kind == "pirt" else field
                raise Refused(refusal.message, field=field, **refusal.detail) from refusal
        for permit in queries_permits.permits_for(product):
            mine = permit.kind == kind and permit.product_id == product.id and permit.state == "stated"
            if mine and permit is not kept:
                states.advance(permit, "ended", actor, stored("diganti"))


def check_permit(actor: Actor, permit_id: int, right: bool, reason: str = "") -> Permit:
    """The cooperative compared the number with the document or the register.

    A refused permit counts no longer; products that it kept or brings back follow at once. Raises
    NotFound for a permit of another shop's members, Refused for a refusal without a reason, Conflict.
    """
    actor.require(Permission.PRODUCT_APPROVE)
    permit = queries_permits.permit_for(actor, permit_id, lock=True)
    if not right and not reason.strip():
        raise Refused(_("Tulis apa yang tidak cocok."), field="reason")
    states.advance(permit, "checked" if right else "refused", actor, reason)
    faults.point("catalogue.permit_checked")
    for product in _products_of(permit):
        refresh(actor, product)
    if not right:
        title = lazy("Izin %(number)s tidak cocok", number=permit.number)
        notices.notify(permit.organization_id, (Role.SELLER_OWNER,), "permit_refused", title, reason, "/izin")
    return permit


def end_permit(actor: Actor, permit_id: int) -> Permit:
    """The seller takes a permit away, because it ended or was wrong; products follow at once."""
    actor.require(Permission.PRODUCT_LIST)
    permit = queries_permits.permit_for(actor, permit_id, lock=True)
    if permit.organization_id != actor.organization_id:
        raise Refused(_("Hanya pemiliknya yang menghapus izin ini."))
    states.advance(permit, "ended", actor)
    for product in _products_of(permit):
        refresh(actor, product)
    return permit


def _products_of(permit: Permit) -> list[Product]:
    query = select(Product).where(Product.organization_id == permit.organization_id)
    if permit.product_id is not None:
        query = query.where(Product.id == permit.product_id)
    return list(db.session.scalars(query.order_by(Product.id).with_for_update()))


# --- what follows for products ---------------------------------------------------------------------


def refresh(actor: Actor, product: Product) -> None:
    """Until when the product may be sold, from its facts, permits and the rules; a pause ends or begins.

    A paused product that is in order again goes back on the shelf; its owner is told either way.
    """
    refresh_with(actor, product, queries_permits.rules(), queries_permits.permits_for(product))


def refresh_with(
    actor: Actor,
    product: Product,
    known: list[duties.Rule],
    permits: list[Permit],
    address: str | None = None,
) -> bool:
    """`refresh` with what many products share; returns whether the product's date or state changed."""
    if product.pack_id is not None:
        return False
    today = clock.today()
    facts, held = queries_permits.facts_of(product, address), queries_permits.held(permits)
    until = duties.lawful_until(known, facts, held, today)
    moved = until != product.lawful_until_on and not (
        until is not None
        and product.lawful_until_on is not None
        and max(until, product.lawful_until_on) < today
    )
    if moved:
        # Not an edit of the product: nobody's reading of its text is made stale by a date.
        remember(product, lawful_until_on=until, reminded_days=None)
    unlawful = until is not None and until < today
    if product.state == "published" and unlawful:
        pause(actor, product, known, held)
        return True
    if product.state == "paused" and not unlawful:
        states.advance(product, "published", actor, stored("izinnya lengkap lagi"))
        title = lazy("%(name)s dijual lagi", name=product.name)
        _tell(product, "product_resumed", title, lazy("Izinnya sudah lengkap dan diperiksa koperasi."))
        return True
    return moved


def remember(product: Product, **values: object) -> None:
    """Write dates that follow from facts, without making a new version of the product."""
    db.session.flush()
    db.session.execute(update(Product.__table__).where(Product.__table__.c.id == product.id).values(**values))  # type: ignore[arg-type]
    for name, value in values.items():
        set_committed_value(product, name, value)


def pause(actor: Actor, product: Product, known: list[duties.Rule], held: list[duties.Held]) -> None:
    """The law ended the sale: off the shelf, with the reasons, and both sides are told."""
    facts = queries_permits.facts_of(product)
    missing = duties.unmet(known, facts, held, clock.today())
    states.advance(product, "paused", actor, stored("izin atau label belum lengkap"))
    title = lazy("%(name)s berhenti dijual", name=product.name)
    body = rules.told(missing)
    _tell(product, "product_paused", title, body)
    notices.notify(product.cooperative_id, CHECKERS, "product_paused", title, body, f"/produk/{product.id}")


def _tell(product: Product, kind: str, title: str, body: str) -> None:
    notices.notify(product.organization_id, (Role.SELLER_OWNER,), kind, title, body, f"/produk/{product.id}")


def require_lawful(product: Product, *, stated_count: bool) -> None:
    """Raise Refused when a binding duty in force today is unmet; with `stated_count` unchecked permits do."""
    if product.pack_id is not None:
        return
    missing = [
        gap for gap in queries_permits.gaps_of(product) if gap.binding and gap.from_on <= clock.today()
    ]
    if stated_count:
        missing = [gap for gap in missing if not gap.waiting]
    if missing:
        raise Refused(rules.told(missing), field=rules.FIELD_OF_DUTY.get(missing[0].duty))


@dataclass(frozen=True)
class Missing:
    """One thing that a product lacks, in words for its owner."""

    name: str
    since: str
    step: str
    binding: bool
    waiting: bool
    now: bool


def missing(product: Product) -> list[Missing]:
    """What the product lacks now or within a year, from which day, and what to do next."""
    today = clock.today()
    found = []
    for gap in queries_permits.gaps_of(product):
        name, step = rules.DUTIES[gap.duty]
        told = _("Sudah ditulis, menunggu koperasi mencocokkan.") if gap.waiting else str(step)
        now = gap.from_on <= today
        found.append(Missing(str(name), rules.from_day(gap), told, gap.binding, gap.waiting, now))
    return found
