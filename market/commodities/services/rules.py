"""Price rules by two people: one proposes, another approves, and nothing reaches back."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select

from market.commodities import queries
from market.commodities.models import CHANNELS, RULE_KINDS, Commodity, PriceRule
from market.core import approvals, clock, db, faults, states
from market.core.approvals import Approval
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_date
from market.core.money import format_rp
from market.core.permissions import Actor, Permission

MAX_RULE_RP = 100_000_000
RULE_AHEAD_DAYS = 366


def propose_price_rule(
    actor: Actor,
    *,
    commodity_id: int,
    kind: str,
    region_key: str,
    channel: str,
    amount_rp: int,
    valid_from_on: date,
    legal_ref: str,
    source_url: str = "",
    note: str = "",
) -> Approval:
    """Propose a rule from a day on; it counts once a second person of the office approves it.

    `amount_rp` is per rule unit of the commodity. Raises Forbidden, NotFound, Refused for a rule that
    reaches back, another office's place or an amount that cannot be right.
    """
    actor.require(Permission.PRICE_RULE_PROPOSE)
    commodity = queries.commodity(commodity_id)
    _check_rule(actor, commodity, kind, region_key, channel, amount_rp, valid_from_on)
    _refuse_twin(commodity_id, kind, channel, region_key, valid_from_on)
    rule = PriceRule(
        commodity_id=commodity_id,
        kind=kind,
        channel=channel,
        region_key=region_key,
        amount_rp=amount_rp,
        valid_from_on=valid_from_on,
        legal_ref=legal_ref,
        source_url=source_url,
        note=note,
        state_at=clock.now(),
    )
    db.session.add(rule)
    db.session.flush()
    states.start(rule, actor)
    return approvals.propose(actor, "price_rule", rule)


def _check_rule(
    actor: Actor,
    commodity: Commodity,
    kind: str,
    region_key: str,
    channel: str,
    amount_rp: int,
    starts_on: date,
) -> None:
    if kind not in RULE_KINDS:
        raise Refused(_("Pilih salah satu dari daftar."), field="kind")
    if channel not in CHANNELS:
        raise Refused(_("Pilih salah satu dari daftar."), field="channel")
    if kind == "ADMIN_BUY" and (channel == "consumer" or commodity.handling != "administered"):
        raise Refused(
            _("Harga beli resmi hanya untuk barang penugasan, dan bukan untuk konsumen."), field="kind"
        )
    if region_key not in queries.region_keys(actor.scope_code):
        raise Refused(_("Wilayah ini bukan wilayah dinas Anda."), field="region_key")
    if not 0 < amount_rp <= MAX_RULE_RP:
        most = format_rp(MAX_RULE_RP)
        raise Refused(
            _("Isi harga per satuan, lebih dari nol dan paling banyak %(most)s.", most=most),
            field="amount_rp",
        )
    today = clock.today()
    if starts_on < today:
        raise Refused(
            _("Aturan tidak boleh berlaku surut. Pilih hari ini atau sesudahnya."), field="valid_from_on"
        )
    if starts_on > today + timedelta(days=RULE_AHEAD_DAYS):
        raise Refused(_("Tanggal ini terlalu jauh: paling lama satu tahun ke depan."), field="valid_from_on")


def _refuse_twin(commodity_id: int, kind: str, channel: str, region_key: str, starts_on: date) -> None:
    twin = select(PriceRule.id).where(
        PriceRule.state == "in_force",
        PriceRule.commodity_id == commodity_id,
        PriceRule.kind == kind,
        PriceRule.channel == channel,
        PriceRule.region_key == region_key,
        PriceRule.valid_from_on == starts_on,
    )
    if db.session.scalar(twin) is not None:
        raise Refused(_("Sudah ada aturan yang mulai berlaku pada tanggal itu."), field="valid_from_on")


def approve_price_rule(actor: Actor, approval_id: int, approve: bool = True, reason: str = "") -> PriceRule:
    """Decide on a colleague's proposal; approved, it ends the rule it replaces on the day before.

    Raises Forbidden, NotFound, Refused for one's own proposal, a lapsed one, one whose day is past,
    and a rejection without a reason.
    """
    actor.require(Permission.PRICE_RULE_APPROVE)
    if not approve and not reason:
        raise Refused(
            _("Tulis alasan penolakan, supaya pengusul tahu apa yang harus diperbaiki."), field="reason"
        )
    _require_price_rule(actor, approval_id)
    approval = approvals.decide(actor, approval_id, approve, reason)
    rule = db.session.get_one(PriceRule, approval.subject_id)
    if not approve:
        states.advance(rule, "rejected", actor, reason)
        return rule
    if rule.valid_from_on < clock.today():
        raise Refused(
            _(
                "Tanggal mulainya, %(day)s, sudah lewat. Minta usulan baru.",
                day=format_date(rule.valid_from_on),
            )
        )
    _refuse_twin(rule.commodity_id, rule.kind, rule.channel, rule.region_key, rule.valid_from_on)
    _end_earlier(rule)
    faults.point("commodities.rule_ended")
    states.advance(rule, "in_force", actor, reason)
    return rule


def _require_price_rule(actor: Actor, approval_id: int) -> None:
    """The proposal is one about a price rule of this office; otherwise NotFound."""
    found = None
    if 0 < approval_id <= queries.MAX_ID:
        found = db.session.scalar(
            select(Approval.id).where(
                Approval.id == approval_id,
                Approval.kind == "price_rule",
                Approval.organization_id == actor.organization_id,
            )
        )
    if found is None:
        raise NotFound(_("Usulan tidak ditemukan."))


def _end_earlier(rule: PriceRule) -> None:
    """The rule that this one replaces ends the day before; one that starts later limits this one."""
    same = select(PriceRule).where(
        PriceRule.state == "in_force",
        PriceRule.commodity_id == rule.commodity_id,
        PriceRule.kind == rule.kind,
        PriceRule.channel == rule.channel,
        PriceRule.region_key == rule.region_key,
    )
    running = or_(PriceRule.valid_until_on.is_(None), PriceRule.valid_until_on >= rule.valid_from_on)
    earlier = same.where(PriceRule.valid_from_on < rule.valid_from_on, running)
    for old in db.session.scalars(earlier.with_for_update(of=PriceRule)):
        old.valid_until_on = rule.valid_from_on - timedelta(days=1)
    later = same.where(PriceRule.valid_from_on > rule.valid_from_on).order_by(PriceRule.valid_from_on)
    following = db.session.scalars(later.limit(1)).first()
    if following is not None:
        rule.valid_until_on = following.valid_from_on - timedelta(days=1)
