"""Needs in rounds, and who sees which needs."""

from __future__ import annotations

import pytest

from market.core import clock, db
from market.core.errors import Forbidden, IllegalMove, NotFound, Refused
from market.core.history import history_of
from market.core.permissions import Role
from market.needs import queries, services
from market.needs.models import Need
from tests import factories
from tests.needs.conftest import opened, pack_id, post

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_a_round_takes_matches_and_fulfils(cast):
    need = opened(cast)
    services.take_into_round(cast.ratna, [need.id])
    services.mark_matched(cast.ratna, need.id, 30)
    services.mark_matched(cast.ratna, need.id, 25)
    assert (need.state, need.matched_packs) == ("matched", 25)
    assert services.mark_fulfilled(cast.budi, need.id).state == "fulfilled"


def test_a_need_is_taken_by_one_round_only(cast):
    need = opened(cast)
    services.take_into_round(cast.ratna, [need.id])
    with pytest.raises(IllegalMove):
        services.take_into_round(cast.ratna, [need.id])


def test_what_got_nothing_returns_to_the_pool_with_the_reason(cast):
    need = opened(cast)
    services.take_into_round(cast.ratna, [need.id])
    services.return_to_open(cast.ratna, need.id, "Tidak ada penawaran di wilayah ini")
    assert need.state == "open"
    assert history_of(need)[-1].reason.startswith("Tidak ada penawaran")


def test_what_is_missing_is_asked_for_again_once(cast):
    need = opened(cast, at_most_packs=50)
    services.take_into_round(cast.ratna, [need.id])
    services.mark_matched(cast.ratna, need.id, 30)
    rest = services.carry_over(cast.ratna, need.id)
    assert (rest.state, rest.wanted_packs, rest.at_most_packs, rest.carried_from_id) == (
        "open",
        10,
        20,
        need.id,
    )
    assert services.carry_over(cast.ratna, need.id) is rest


def test_nothing_is_carried_over_when_all_came_or_the_day_has_passed(cast):
    for packs, days in ((40, 0), (10, 30)):
        need = opened(cast)
        services.take_into_round(cast.ratna, [need.id])
        services.mark_matched(cast.ratna, need.id, packs)
        clock.travel(days * 86_400)
        assert services.carry_over(cast.ratna, need.id) is None


@pytest.mark.parametrize("packs", [0, -1, 41])
def test_a_plan_gives_no_more_than_was_wanted_at_most(cast, packs):
    need = opened(cast)
    services.take_into_round(cast.ratna, [need.id])
    with pytest.raises(Refused):
        services.mark_matched(cast.ratna, need.id, packs)


def test_an_office_of_another_city_finds_no_need_to_take(cast):
    need = opened(cast)
    malang = factories.actor(Role.OFFICE_OFFICER, factories.office("3573", "Dinas Malang"))
    with pytest.raises(NotFound):
        services.take_into_round(malang, [need.id])
    with pytest.raises(Forbidden):
        services.take_into_round(cast.sri, [need.id])


# --- queries -------------------------------------------------------------------------------------


def test_open_needs_are_those_below_a_place(cast):
    need, other = opened(cast), opened(cast, "GULA-50")
    post(cast.sri)
    assert [each.id for each in queries.open_needs("3578")] == [need.id, other.id]
    assert [each.id for each in queries.open_needs("3578", [pack_id()])] == [need.id]
    assert queries.open_needs("3573") == []


def test_an_office_sees_its_city_without_drafts_and_without_other_cities(cast):
    draft, shown = post(cast.sri, submit=False), post(cast.sri)
    malang = factories.actor(Role.OFFICE_OFFICER, factories.office("3573", "Dinas Malang"))
    assert queries.need_for(cast.ratna, shown.id) is shown
    for actor, hidden in ((cast.ratna, draft), (malang, shown)):
        with pytest.raises(NotFound):
            queries.need_for(actor, hidden.id)


def test_who_can_prepay_takes_every_offer_and_who_needs_credit_only_credit(cast):
    assert [queries.accepts("prepaid", terms) for terms in ("prepaid", "cod", "tempo")] == [True] * 3
    assert [queries.accepts("cod", terms) for terms in ("prepaid", "cod", "tempo")] == [False, True, True]
    assert [queries.accepts("tempo", terms) for terms in ("prepaid", "cod", "tempo")] == [False, False, True]


def kinds(actor):
    return [(row.kind, row.subject_id) for row in db.session.execute(queries.today(actor))]


def test_home_shows_the_approver_what_waits_and_the_poster_what_came_back(cast):
    waiting, returned, draft = post(cast.sri), post(cast.sri), post(cast.sri, submit=False)
    services.reject_need(cast.budi, returned.id, "Terlalu banyak")
    assert kinds(cast.budi) == [("need_submitted", waiting.id)]
    assert kinds(cast.sri) == [("need_rejected", returned.id)]
    clock.travel(25 * 3600)
    assert ("need_draft", draft.id) in kinds(cast.sri)
    assert ("need_draft", draft.id) not in kinds(cast.budi)
    assert kinds(cast.wati) == []
    assert queries.today(cast.joko) is None


def test_home_does_not_ask_anybody_to_approve_the_own_need(cast):
    need = post(cast.budi)
    assert kinds(cast.budi) == []
    assert kinds(cast.hadi) == [("need_submitted", need.id)]


def test_every_state_of_a_need_can_be_reached_and_only_by_the_table():
    assert Need.STATES.reachable() == Need.STATES.states
    assert not Need.STATES.allows("draft", "open"), "nothing is open without a second person"
    assert not Need.STATES.allows("in_round", "withdrawn")
