"""The page of one answer, for the supplier's own account and for the link without password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request

from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import Refused
from market.core.i18n import _
from market.rounds import queries, services
from market.rounds.forms import MORE, AdjustForm, DeclineForm
from market.rounds.models import DECLINE_REASONS, Assignment, AssignmentLine
from market.rounds.queries import proposals, scorecards
from market.rounds.services import LineAnswer, Part, Prepared

Preview = list[Prepared]


@dataclass
class AnswerForms:
    """What was sent, or a fresh page; `kind` is which of the three answers was chosen."""

    assignment: Assignment
    lines: list[AssignmentLine]
    kind: str
    adjust: AdjustForm
    decline: DeclineForm

    @property
    def sent(self) -> DeclineForm | AdjustForm:
        return self.decline if self.kind == "decline" else self.adjust

    def given(self) -> dict[str, Any] | None:
        """The arguments of the answer; None when something that was typed cannot be read."""
        if self.kind == "accept":
            return {}
        if self.kind == "adjust" and self.adjust.validate():
            with self.adjust.guard():
                return {"exceptions": self._exceptions(), "note": self.adjust.note.data or ""}
        if self.kind == "decline" and self.decline.validate():
            chosen, note = self.decline.decline_reason.data, self.decline.note.data or ""
            return {"decline_reason": chosen, "note": note}
        return None

    def _exceptions(self) -> dict[int, LineAnswer]:
        """The lines that differ from what was asked; a word for all lines fills what a line leaves open."""
        typed = self.adjust.values()
        found = {}
        for line in self.lines:
            answer = self._line(line, typed)
            if answer != LineAnswer(line.packs, reason=answer.reason):
                found[line.id] = answer
        return found

    def _line(self, line: AssignmentLine, typed: Mapping[str, Any]) -> LineAnswer:
        asked_on = self.assignment.delivery_on
        day = typed[f"delivery_on_{line.id}"]
        day = (typed["all_delivery_on"] or day) if day == asked_on else day
        price = typed[f"price_{line.id}"]
        price = typed["all_price"] if price is None else price
        instead = typed.get(f"instead_{line.id}") or typed.get("all_instead")
        packs = typed[f"packs_{line.id}"]
        parts = _parts(line.id, packs, day, typed)
        return LineAnswer(
            packs=packs,
            delivery_on=None if day == asked_on or parts else day,
            reason=typed[f"reason_{line.id}"] or typed["all_reason"] or "",
            parts=parts,
            price_rp=None if price == line.price_rp else price,
            pack_id=int(instead) if instead else None,
        )


def _parts(line_id: int, packs: int, day: date, typed: Mapping[str, Any]) -> tuple[Part, ...]:
    """The days of a split delivery: the further ones as typed, the first one has the rest."""
    further = []
    for number in MORE:
        more, on = typed[f"more_packs_{number}_{line_id}"], typed[f"more_on_{number}_{line_id}"]
        if (more is None) != (on is None):
            name = f"more_packs_{number}_{line_id}" if more is None else f"more_on_{number}_{line_id}"
            raise Refused(_("Isi jumlah dan tanggalnya."), field=name)
        if more is not None and on is not None:
            further.append(Part(on, more))
    if not further:
        return ()
    return (Part(day, packs - sum(part.packs for part in further)), *further)


def read(assignment: Assignment, fresh: bool = False) -> AnswerForms:
    """The forms of an assignment, filled with what was sent unless `fresh`."""
    lines = queries.lines_of(assignment.id)
    kind = "" if fresh else request.form.get("answer", "")
    return AnswerForms(
        assignment,
        lines,
        kind,
        _adjust(assignment, lines, fresh=kind != "adjust"),
        _decline(fresh=kind != "decline"),
    )


def _adjust(assignment: Assignment, lines: list[AssignmentLine], fresh: bool) -> AdjustForm:
    """The form of exceptions: as sent, or filled with what is asked."""
    others = [(str(pack.id), pack.name) for pack in proposals.substitutes(assignment.pack_id)]
    packs = [("", _("(tetap)")), *others] if others else []
    reasons = [("", _("Pilih alasan")), *_reasons()]
    made = AdjustForm.for_lines((line.id for line in lines), reasons, packs)
    asked: dict[str, object] = {}
    for line in lines:
        asked |= {f"packs_{line.id}": line.packs, f"delivery_on_{line.id}": assignment.delivery_on}
    return made(None, data=asked) if fresh else made.load(asked)


def _decline(fresh: bool) -> DeclineForm:
    form = DeclineForm(None) if fresh else DeclineForm.load()
    form.decline_reason.choices = _reasons()
    return form


def _reasons() -> list[tuple[str, str]]:
    return [(name, str(queries.DECLINE_WORDS[name])) for name in DECLINE_REASONS]


def preview_of(sent: AnswerForms) -> Preview | None:
    """What the changed answer would mean, checked and not stored; None when it cannot be."""
    given = sent.given() if sent.kind == "adjust" else None
    if given is not None:
        with sent.adjust.guard():
            return services.prepare_all(sent.assignment, sent.lines, given["exceptions"])
    return None


def thanks(kind: str, assignment: Assignment) -> str:
    """What is said after an answer."""
    if kind == "decline":
        return _("Jawaban tercatat: ditolak. Dinas mencari pemasok lain.")
    if assignment.state == "countered":
        return _("Jawaban tercatat. Pembeli yang berubah bagiannya ditanya dahulu.")
    return _("Jawaban tercatat. Pesanan pembelian sudah terbit.")


def page(template: str, sent: AnswerForms, preview: Preview | None = None, **more: Any) -> str:
    """The page with its forms, what is known of each destination, and the effect on the own score."""
    assignment = sent.assignment
    late = assignment.due_at is not None and assignment.due_at <= clock.now()
    line_ids = [line.id for line in sent.lines]
    return render_template(
        template,
        assignment=assignment,
        lines=queries.destinations(sent.lines),
        round=queries.round_by_id(assignment.round_id),
        adjust=sent.adjust,
        decline=sent.decline,
        waits=assignment.state == "offered" and not late,
        pack=commodities.pack(assignment.pack_id),
        packs={pack.id: pack for pack in commodities.packs()},
        limits=proposals.limits_of(assignment.round_id),
        proposed=proposals.of_assignment(assignment.id),
        parts=proposals.parts_of_lines(line_ids),
        preview=preview,
        score=scorecards.score_of(assignment.organization_id),
        **more,
    )
