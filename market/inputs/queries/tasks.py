"""What waits for a person on the home page, as one select for each kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, func, literal, select

from market.commodities.models import Commodity
from market.core import clock
from market.core.approvals import Approval
from market.core.permissions import Actor, Permission
from market.inputs.models import InputPool, InputRequest
from market.inputs.queries.requests import REFUND, may_be_pooled
from market.needs.models import Need

Today = Select[*tuple[Any, ...]]
_FULL_RP = InputRequest.quote_rp * InputRequest.wanted_base / Commodity.rule_unit_base
_OPEN_RP = InputRequest.paid_rp - InputRequest.used_rp - InputRequest.returned_rp - InputRequest.passed_rp
_OWED_RP = InputRequest.amount_rp - InputRequest.used_rp - InputRequest.settled_rp


def _task(kind: str, detail: Any, amount: Any, *conditions: Any) -> Today:
    return (
        select(
            literal(kind, String).label("kind"),
            InputRequest.id.label("subject_id"),
            InputRequest.state_at.label("since"),
            cast(detail, String).label("detail"),
            cast(amount, BigInteger).label("amount"),
        )
        .join(Commodity, Commodity.id == InputRequest.commodity_id)
        .where(*conditions)
    )


def _to_pool(actor: Actor) -> Today:
    """One task for each commodity: its requests are pooled together."""
    return (
        select(
            literal("input_to_pool", String).label("kind"),
            InputRequest.commodity_id.label("subject_id"),
            func.min(InputRequest.state_at).label("since"),
            cast(Commodity.name, String).label("detail"),
            cast(func.count(), BigInteger).label("amount"),
        )
        .join(Commodity, Commodity.id == InputRequest.commodity_id)
        .where(
            InputRequest.organization_id == actor.organization_id,
            may_be_pooled(),
            InputRequest.needed_by_on >= clock.today(),
        )
        .group_by(InputRequest.commodity_id, Commodity.name)
    )


def _to_share(actor: Actor) -> Today:
    """Goods came for a need that holds requests, and nobody has shared them yet."""
    return (
        select(
            literal("input_to_share", String).label("kind"),
            Need.id.label("subject_id"),
            Need.state_at.label("since"),
            cast(Commodity.name, String).label("detail"),
            cast(Need.matched_packs, BigInteger).label("amount"),
        )
        .join(InputPool, InputPool.need_id == Need.id)
        .join(InputRequest, InputRequest.need_id == Need.id)
        .join(Commodity, Commodity.id == InputRequest.commodity_id)
        .where(
            Need.organization_id == actor.organization_id,
            Need.state == "fulfilled",
            InputPool.shared_at.is_(None),
            InputRequest.state == "pooled",
        )
        .distinct()
    )


def today(actor: Actor) -> list[Today]:
    """Requests to decide, pool, share, pay back or collect money for; for a UMKM what she must do."""
    if actor.organization_kind == "seller" and actor.may(Permission.INPUTS_VIEW):
        return _of_buyer(actor)
    return _of_cooperative(actor) if actor.organization_kind == "cooperative" else []


def _of_buyer(actor: Actor) -> list[Today]:
    mine, name = InputRequest.buyer_id == actor.organization_id, Commodity.name
    prepaid = InputRequest.terms == "prepaid"
    state = InputRequest.state
    return [
        _task("input_to_pay", name, _FULL_RP, mine, state == "approved", prepaid),
        _task("input_to_collect", name, InputRequest.amount_rp, mine, state == "ready"),
        _task("input_to_settle", name, _OWED_RP, mine, state == "collected", _OWED_RP > 0),
    ]


def _of_cooperative(actor: Actor) -> list[Today]:
    ours, state = InputRequest.organization_id == actor.organization_id, InputRequest.state
    who, found = InputRequest.buyer_name, list[Today]()
    waits = select(Approval.id).where(
        Approval.kind == REFUND, Approval.subject_id == InputRequest.id, Approval.state == "proposed"
    )
    if actor.may(Permission.INPUTS_DECIDE):
        found.append(_task("input_to_decide", who, InputRequest.wanted_base, ours, state == "submitted"))
    if actor.may(Permission.NEEDS_POST):
        found.append(_to_pool(actor))
    if actor.may(Permission.RETAIL_HAND_OVER):
        found.append(_to_share(actor))
    if actor.may(Permission.INPUTS_CASH):
        due = InputRequest.due_on <= clock.today()
        found.append(_task("input_overdue", who, _OWED_RP, ours, state == "collected", due, _OWED_RP > 0))
    if actor.may(Permission.PAYMENT_PROPOSE):
        unasked = ~waits.exists()
        found.append(_task("input_to_refund", who, _OPEN_RP, ours, state == "refund_pending", unasked))
    if actor.may(Permission.PAYMENT_APPROVE):
        theirs = waits.where(Approval.proposed_by != actor.user_id).exists()
        found.append(_task("input_refund_waits", who, _OPEN_RP, ours, state == "refund_pending", theirs))
    return found
