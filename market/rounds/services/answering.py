"""The suppliers' answers: each offer answers once, with exceptions by line; silence is a no."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from market.commodities import queries as commodities
from market.core import clock, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, format_date, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.needs import services as need_services
from market.purchasing import services as purchasing_services
from market.purchasing.services import OrderLine
from market.rounds import queries
from market.rounds.models import DECLINE_REASONS, Assignment, AssignmentLine, Round
from market.rounds.services import ending

MAX_REMATCHES = 2
"""After the second re-match what is missing waits for the next round."""


Stop = tuple[int, date, str, int]
"""Buyer, delivery day, door and its freight per pack."""


@dataclass(frozen=True)
class LineAnswer:
    """An exception: fewer packs (or none), or another day, for one line."""

    packs: int
    delivery_on: date | None = None
    reason: str = ""


def answer_assignment(
    actor: Actor,
    assignment_id: int,
    exceptions: Mapping[int, LineAnswer] | None = None,
    decline_reason: str = "",
    note: str = "",
) -> Assignment:
    """Accept an assignment (with exceptions by line id), or decline it with a reason.

    Accepted lines become one purchase order per buyer in the same transaction. Raises Refused for an
    answer after the deadline, more packs than asked, a reduction without reason, a day after the
    need's; Conflict for a second answer.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    # The round first: everybody who writes its answers holds it, so no two wait for each other.
    round_ = queries.round_by_id(queries.assignment_for(actor, assignment_id).round_id, lock=True)
    assignment = queries.assignment_for(actor, assignment_id, lock=True)
    if assignment.state not in ("offered", "lapsed"):
        raise Conflict(_("Penugasan ini sudah dijawab. Jawaban pertama yang berlaku."))
    late = assignment.due_at is not None and assignment.due_at <= clock.now()
    if late or assignment.state == "lapsed":
        raise Refused(_("Waktu menjawab sudah lewat. Sisa kebutuhan dicarikan pemasok lain."))
    lines = queries.lines_of(assignment.id)
    if decline_reason:
        _decline(actor, assignment, lines, decline_reason, note)
    else:
        _accept(actor, assignment, lines, exceptions or {}, note)
    faults.point("answer_written")
    conclude(round_)
    return assignment


def _decline(
    actor: Actor, assignment: Assignment, lines: list[AssignmentLine], reason: str, note: str
) -> None:
    if reason not in DECLINE_REASONS:
        raise Refused(_("Pilih alasan menolak."), field="decline_reason")
    for line in lines:
        line.accepted_packs, line.reason = 0, reason
    assignment.decline_reason, assignment.note = reason, note
    states.advance(assignment, "declined", actor, note or reason)


def _accept(
    actor: Actor,
    assignment: Assignment,
    lines: list[AssignmentLine],
    exceptions: Mapping[int, LineAnswer],
    note: str,
) -> None:
    unknown = set(exceptions) - {line.id for line in lines}
    if unknown:
        raise Refused(_("Baris jawaban tidak dikenal. Muat ulang halaman."))
    for line in lines:
        _answer_line(assignment, line, exceptions.get(line.id))
    accepted = sum(line.accepted_packs or 0 for line in lines)
    if accepted == 0:
        raise Refused(_("Semua baris nol. Untuk menolak, pilih Tolak dan alasannya."))
    assignment.note = note
    state = "accepted" if accepted == assignment.packs else "partly"
    states.advance(assignment, state, actor, note)
    _issue_orders(actor, assignment, lines)


def _answer_line(assignment: Assignment, line: AssignmentLine, answer: LineAnswer | None) -> None:
    if answer is None:
        line.accepted_packs = line.packs
        return
    name = f"packs_{line.id}"
    if not 0 <= answer.packs <= line.packs:
        raise Refused(_("Isi antara 0 dan %(most)s.", most=line.packs), field=name)
    if answer.packs < line.packs and answer.reason not in DECLINE_REASONS:
        raise Refused(_("Pilih alasan mengurangi."), field=f"reason_{line.id}")
    if answer.delivery_on is not None:
        _check_day(line, answer.delivery_on)
    line.accepted_packs, line.reason, line.delivery_on = answer.packs, answer.reason, answer.delivery_on


def _check_day(line: AssignmentLine, day: date) -> None:
    name = f"delivery_on_{line.id}"
    if day < clock.today():
        raise Refused(_("Tanggal kirim sudah lewat."), field=name)
    latest = queries.needed_by(line.need_id)
    if day > latest:
        raise Refused(_("Pembeli memerlukannya paling lambat %(day)s.", day=format_date(latest)), field=name)


def _issue_orders(actor: Actor, assignment: Assignment, lines: list[AssignmentLine]) -> None:
    """One order per buyer, door and delivery day; the needs learn what is coming."""
    pack = commodities.pack(assignment.pack_id)
    groups: dict[Stop, list[AssignmentLine]] = defaultdict(list)
    for line in lines:
        if line.accepted_packs:
            day = line.delivery_on or assignment.delivery_on
            groups[line.buyer_id, day, line.place_code, line.freight_rp].append(line)
    for number, ((buyer_id, day, place_code, _freight), group) in enumerate(sorted(groups.items()), 1):
        alone = sum(stop[0] == buyer_id for stop in groups) == 1
        order = purchasing_services.issue_order(
            actor,
            buyer_id,
            assignment.organization_id,
            _order_lines(pack.id, pack.name, group),
            origin=f"assignment:{assignment.id}/buyer:{buyer_id}" + ("" if alone else f"/{number}"),
            terms=assignment.terms,
            credit_days=assignment.credit_days,
            delivery_on=day,
            place_code=place_code,
        )
        for line in group:
            line.order_id = order.id
            accepted = _add_accepted(assignment.round_id, line.need_id, line.accepted_packs or 0)
            need_services.mark_matched(SYSTEM, line.need_id, accepted)


def _add_accepted(round_id: int, need_id: int, packs: int) -> int:
    """Count accepted packs on the frozen need; returns how many it has in this round now."""
    frozen = queries.round_need(round_id, need_id)
    frozen.accepted_packs += packs
    db.session.flush()
    return frozen.accepted_packs


def _order_lines(pack_id: int, name: str, lines: list[AssignmentLine]) -> list[OrderLine]:
    """Goods and freight by the pack, then the shares of what is paid once."""
    packs, first = sum(line.accepted_packs or 0 for line in lines), lines[0]
    per_pack = [
        OrderLine("goods", pack_id, name, packs, first.price_rp),
        OrderLine("freight", pack_id, stored("Ongkos kirim per kemasan"), packs, first.freight_rp),
    ]
    drop_rp, fixed_rp = sum(line.drop_rp for line in lines), sum(line.fixed_rp for line in lines)
    door = stored("Ongkos turun barang")
    if fixed_rp:
        door = stored("Ongkos turun barang dan biaya tetap pemasok")
    truck_rp = sum(line.truck_rp for line in lines)
    return [
        *per_pack,
        OrderLine("drop", None, door, 1, drop_rp + fixed_rp),
        OrderLine("truck", None, stored("Bagian ongkos truk, menurut berat"), 1, truck_rp),
    ]


def lapse_answers(round_id: int) -> int:
    """Silence is a no: what is still unanswered at the deadline is declined; returns how many."""
    round_ = queries.round_by_id(round_id, lock=True)
    late = [a for a in queries.unanswered(round_id) if a.due_at is not None and a.due_at <= clock.now()]
    for assignment in late:
        for line in queries.lines_of(assignment.id):
            line.accepted_packs = 0
        states.advance(assignment, "lapsed", SYSTEM, stored("tidak menjawab sampai batas waktu"))
    if late:
        conclude(round_)
    return len(late)


def conclude(round_: Round) -> None:
    """When everybody has answered: re-match what is missing, or end the round."""
    if round_.state != "published" or queries.unanswered(round_.id):
        return
    if round_.rematches < MAX_REMATCHES and queries.was_refused(round_.id, round_.attempt):
        round_.attempt += 1
        round_.rematches += 1
        states.advance(round_, "rematching", SYSTEM)
        key = f"round_rematch:{round_.id}:{round_.attempt}"
        jobs.enqueue("round_rematch", {"round_id": round_.id}, unique_key=key, queue="solver")
    else:
        ending.finish(round_)
