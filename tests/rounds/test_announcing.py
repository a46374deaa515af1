"""Who is asked and who gets goods is told, in the inbox of the seat that can act."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db, jobs
from market.notices.models import Notice
from market.rounds import services
from market.rounds.models import Round, RoundNeed
from market.wiring import HANDLERS
from tests.faults import story


def test_a_finished_round_tells_the_board_what_it_brought(database):
    cast = story.begin()
    with db.transaction():
        need = story.needs.approve_need(cast.budi, story.post_need(cast)().id)
        round_ = services.open_round(cast.ratna, "Beras", clock.now() + timedelta(hours=2))
        frozen = RoundNeed(
            organization_id=cast.dinas.id,
            round_id=round_.id,
            need_id=need.id,
            buyer_id=cast.makmur.id,
            pack_id=need.pack_id,
            wanted_packs=80,
            at_most_packs=80,
            accepted_packs=80,
        )
        db.session.add(frozen)
        jobs.enqueue("round_finished", {"round_id": round_.id})
    jobs.run_all(HANDLERS)
    with db.transaction(read_only=True):
        told = db.session.query(Notice).filter_by(kind="round_finished").all()
        assert {notice.user_id for notice in told} == {cast.sri.user_id, cast.budi.user_id, cast.hadi.user_id}
        assert "1 dari 1" in told[0].body
        assert told[0].link == f"/putaran/{db.session.query(Round.id).scalar()}"
