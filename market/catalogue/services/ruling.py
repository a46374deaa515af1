"""Rules about permits by two people: one proposes another first day, another approves."""

from __future__ import annotations

from datetime import date, timedelta

from market.catalogue import queries_permits
from market.catalogue.models_permits import PermitRule
from market.core import approvals, clock, db, faults, jobs, states
from market.core.approvals import Approval
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission

AHEAD_DAYS = 5 * 366


def propose_permit_rule(
    actor: Actor,
    rule_id: int,
    *,
    valid_from_on: date,
    legal_ref: str,
    source_url: str,
    note: str = "",
) -> Approval:
    """Propose that a rule counts from another day, as its maker has decided; a second person approves.

    A rule that has not begun is moved; one in force counts until yesterday, and until the new day nothing
    is asked: a postponement. Raises Forbidden, NotFound, Refused for a day that is over or
    too far, or a source that is none.
    """
    actor.require(Permission.PERMIT_RULE_PROPOSE)
    old = queries_permits.rule_by_id(rule_id)
    if old.state != "in_force":
        raise NotFound(_("Aturan tidak ditemukan."))
    today = clock.today()
    if not today <= valid_from_on <= today + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Tanggal ini sudah lewat atau terlalu jauh."), field="valid_from_on")
    if not source_url.startswith("https://"):
        raise Refused(_("Tulis alamat sumbernya, mulai dengan https://."), field="source_url")
    if not legal_ref.strip():
        raise Refused(_("Tulis dasar perubahan ini."), field="legal_ref")
    rule = PermitRule(
        duty=old.duty,
        categories=old.categories,
        specials=old.specials,
        packed_only=old.packed_only,
        shelf_over_days=old.shelf_over_days,
        binding=old.binding,
        valid_from_on=valid_from_on,
        legal_ref=legal_ref,
        source_url=source_url,
        note=note,
        state_at=clock.now(),
    )
    db.session.add(rule)
    db.session.flush()
    states.start(rule, actor)
    return approvals.propose(actor, "permit_rule", rule, {"replaces": old.id})


def decide_permit_rule(actor: Actor, approval_id: int, approve: bool, reason: str = "") -> PermitRule:
    """Decide on a colleague's proposal; approved, it takes the place of the rule it replaces.

    Every product is judged anew by a job. Raises Forbidden, NotFound, Refused for one's own proposal, a
    lapsed one, one whose day is past, or a rejection without a reason.
    """
    actor.require(Permission.PERMIT_RULE_APPROVE)
    if not approve and not reason.strip():
        raise Refused(
            _("Tulis alasan penolakan, supaya pengusul tahu apa yang harus diperbaiki."), field="reason"
        )
    waiting = {each.id: rule for each, rule in queries_permits.proposed_rules(actor.organization_id or 0)}
    if approval_id not in waiting:
        raise NotFound(_("Usulan tidak ditemukan."))
    approval = approvals.decide(actor, approval_id, approve, reason)
    rule = waiting[approval_id]
    if not approve:
        states.advance(rule, "rejected", actor, reason)
        return rule
    if rule.valid_from_on < clock.today():
        raise Refused(_("Tanggal mulainya sudah lewat. Minta usulan baru."))
    _end(actor, queries_permits.rule_by_id(approval.payload["replaces"]))
    faults.point("catalogue.permit_rule_ended")
    states.advance(rule, "in_force", actor, reason)
    jobs.enqueue("permit_rules_changed", {"rule_id": rule.id}, unique_key=f"permit_rule:{rule.id}")
    return rule


def _end(actor: Actor, old: PermitRule) -> None:
    """The replaced rule counts until yesterday; one that never counted is replaced altogether.

    A later first day is a postponement by whoever made the rule: until then nothing is asked.
    """
    yesterday = clock.today() - timedelta(days=1)
    if old.valid_from_on > yesterday:
        states.advance(old, "replaced", actor)
    else:
        old.valid_until_on = yesterday
