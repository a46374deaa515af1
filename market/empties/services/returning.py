"""What buyers took along comes back, or does not."""

from __future__ import annotations

from market.core import faults, money, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.empties import postings, queries
from market.empties.models import ContainerDeposit
from market.empties.services import moving

MAX_REASON = 300


def return_containers(actor: Actor, deposit_id: int, count: int) -> ContainerDeposit:
    """A buyer brings empties back and gets the deposit in cash.

    Raises Forbidden, NotFound, and Refused for more than are still out or too little cash.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    deposit = _open(actor, deposit_id, count)
    deposit_count = deposit.returned + count
    made = moving.move(
        actor,
        moving.lock(deposit.organization_id, deposit.container),
        "returned",
        count,
        f"container_deposit:{deposit.id}:{deposit.returned + deposit.kept}",
    )
    _settle(actor, deposit, {"returned": deposit_count}, stored("tabung kembali"))
    faults.point("containers_returned")
    moving.book(actor, made, postings.for_return(made, deposit))
    return deposit


def keep_containers(actor: Actor, deposit_id: int, count: int, reason: str) -> ContainerDeposit:
    """A buyer keeps the container and leaves the deposit: it is sold at what was left for it.

    Raises Forbidden, NotFound, and Refused for more than are still out or no reason.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    deposit = _open(actor, deposit_id, count)
    holding = moving.lock(deposit.organization_id, deposit.container)
    made = moving.move(
        actor,
        holding,
        "kept",
        count,
        f"container_deposit:{deposit.id}:{deposit.returned + deposit.kept}",
        -moving.worth_of_loss(holding, count),
        reason=clean(reason, MAX_REASON),
    )
    _settle(actor, deposit, {"kept": deposit.kept + count}, made.reason)
    faults.point("containers_kept")
    moving.book(actor, made, postings.for_keeping(made, deposit))
    return deposit


def _open(actor: Actor, deposit_id: int, count: int) -> ContainerDeposit:
    deposit = queries.deposit_for(actor, deposit_id, lock=True)
    moving.require_count(count)
    if count > deposit.still_out:
        left = money.group(deposit.still_out)
        raise Refused(_("Yang masih dibawa %(left)s tabung.", left=left), field="count")
    return deposit


def _settle(actor: Actor, deposit: ContainerDeposit, done: dict[str, int], reason: str) -> None:
    """Count it on the deposit; the last one closes it, in the same statement."""
    rest = deposit.count - deposit.returned - deposit.kept
    for name, total in done.items():
        rest -= total - getattr(deposit, name)
    if rest == 0:
        states.advance(deposit, "closed", actor, reason, also=done)
    else:
        for name, total in done.items():
            setattr(deposit, name, total)
