"""News of rounds, written by jobs after the fact: who is asked, and what a round brought."""

from __future__ import annotations

from collections import defaultdict

from market.commodities import queries as commodities
from market.core import db, jobs
from market.core.i18n import _, format_datetime
from market.core.permissions import Role
from market.identity import queries as identity
from market.notices import services as notices
from market.rounds import queries
from market.rounds.models import Assignment
from market.rounds.queries import proposals

SELLERS = (Role.SUPPLIER_SALES,)
BUYERS = (Role.CHAIR, Role.SECRETARY, Role.TREASURER)


def announce_assignment(assignment_id: int) -> None:
    """Ask the supplier's sales people for their answer, with the deadline."""
    assignment = db.session.get_one(Assignment, assignment_id)
    if assignment.state != "offered" or assignment.due_at is None:
        return
    facts = {
        "packs": assignment.packs,
        "goods": commodities.pack(assignment.pack_id).name,
        "due": format_datetime(assignment.due_at),
    }
    notices.notify(
        assignment.organization_id,
        SELLERS,
        "assignment_offered",
        _("Diminta %(packs)s kemasan %(goods)s", **facts),
        _("Jawab paling lambat %(due)s. Diam berarti menolak.", **facts),
        f"/penugasan/{assignment.id}",
    )
    key = f"answer_link:{assignment.id}"
    jobs.enqueue("answer_link", {"assignment_id": assignment.id}, unique_key=key)


def announce_proposal(proposal_id: int) -> None:
    """Ask the board of a cooperative whether it takes what its supplier has changed."""
    proposal = proposals.proposal_by_id(proposal_id)
    if proposal.state != "pending":
        return
    facts = {
        "goods": commodities.pack(proposal.pack_id).name,
        "supplier": identity.names({proposal.organization_id})[proposal.organization_id],
        "due": format_datetime(proposal.due_at),
    }
    notices.notify(
        proposal.buyer_id,
        BUYERS,
        "proposal_made",
        _("%(supplier)s mengusulkan perubahan: %(goods)s", **facts),
        _("Putuskan paling lambat %(due)s. Diam berarti tidak diambil.", **facts),
        f"/usulan/{proposal.id}",
    )


def announce_decision(proposal_id: int) -> None:
    """Tell the supplier's sales people what the buyer decided."""
    proposal = proposals.proposal_by_id(proposal_id)
    buyer = identity.names({proposal.buyer_id})[proposal.buyer_id]
    taken = proposal.state == "confirmed"
    notices.notify(
        proposal.organization_id,
        SELLERS,
        "proposal_decided",
        _("%(buyer)s mengambil usul Anda", buyer=buyer)
        if taken
        else _("%(buyer)s tidak mengambil usul Anda", buyer=buyer),
        _("Pesanan sudah terbit dengan harga dan tanggal yang Anda usulkan.")
        if taken
        else _("Bagian ini dicarikan pemasok lain. Yang tepat waktu dan tidak berubah tetap dipesan."),
        f"/penugasan/{proposals.assignment_of_line(proposal.line_id).id}",
    )


def announce_result(round_id: int) -> None:
    """Tell each cooperative's board how many of its needs the round has met."""
    round_ = queries.round_by_id(round_id)
    met: dict[int, int] = defaultdict(int)
    asked: dict[int, int] = defaultdict(int)
    for need in queries.round_needs(round_id):
        asked[need.buyer_id] += 1
        met[need.buyer_id] += need.accepted_packs >= need.wanted_packs
    for buyer_id in sorted(asked):
        notices.notify(
            buyer_id,
            BUYERS,
            "round_finished",
            _("Putaran %(number)s selesai", number=round_.number),
            _("%(met)s dari %(asked)s kebutuhan Anda terpenuhi.", met=met[buyer_id], asked=asked[buyer_id]),
            f"/putaran/{round_.id}",
        )
