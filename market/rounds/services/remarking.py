"""A supplier's right to answer to what its scorecard says."""

from __future__ import annotations

from market.core import clock, db
from market.core.errors import Conflict, NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.rounds.models_answers import ScoreRemark
from market.rounds.queries import scorecards

MAX_REMARK = 500


def remark_on_fact(actor: Actor, fact: str, text: str) -> ScoreRemark:
    """Say one thing to one fact of the own scorecard; the office reads it beside the fact.

    Raises NotFound for a fact that is not the supplier's, Conflict for a second remark, Refused
    without a word.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    known = {each.key: each for each in scorecards.facts_of(actor.organization_id or 0)}
    if fact not in known:
        raise NotFound(_("Catatan ini tidak ada di rapor Anda."))
    if known[fact].remark is not None:
        raise Conflict(_("Anda sudah menanggapi catatan ini."))
    said = clean(text, MAX_REMARK, multiline=True)
    if not said:
        raise Refused(_("Tulis tanggapan Anda."), field="text")
    remark = ScoreRemark(
        organization_id=actor.organization_id,
        fact=fact,
        text=said,
        written_by=actor.user_id,
        written_at=clock.now(),
    )
    db.session.add(remark)
    db.session.flush()
    return remark
