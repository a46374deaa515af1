"""Posting, deciding and withdrawing needs: the rules of a cooperative that buys together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from market.commodities import queries as commodities
from market.core import clock, db, faults
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.core.history import history_of
from market.core.permissions import Role
from market.needs import queries, services
from market.needs.models import Need
from tests import factories
from tests.needs.conftest import opened, post

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_a_posted_need_waits_for_a_second_person(cast):
    need = post(cast.sri)
    assert (need.state, need.organization_id, need.wanted_packs) == ("submitted", cast.makmur.id, 40)
    assert [change.to_state for change in history_of(need)] == ["draft", "submitted"]


def test_a_need_wants_what_it_wants_unless_more_is_welcome(cast):
    assert post(cast.sri).at_most_packs == 40
    assert post(cast.sri, at_most_packs=55).at_most_packs == 55


def test_a_need_goes_to_the_own_village_and_weighs_as_many_households(cast):
    need = post(cast.sri)
    assert (need.place_code, need.weight) == ("3578081003", 2000)
    assert post(cast.sri, place_code="3578041001").place_code == "3578041001"


@pytest.mark.parametrize("place", ["3573011001", "357808", "3578", "9999999999"])
def test_goods_go_only_to_a_village_of_the_own_city(cast, place):
    with pytest.raises(Refused) as refusal:
        post(cast.sri, place_code=place)
    assert refusal.value.field == "place_code"


def test_the_treasurer_opens_a_need(cast):
    need = services.approve_need(cast.budi, post(cast.sri).id)
    assert (need.state, need.approved_by) == ("open", cast.budi.user_id)


def test_nobody_approves_the_own_need(cast):
    need = post(cast.budi)
    with pytest.raises(Refused, match="orang lain"):
        services.approve_need(cast.budi, need.id)
    assert services.approve_need(cast.hadi, need.id).state == "open"


def test_whoever_hands_in_another_persons_draft_does_not_approve_it(cast):
    draft = post(cast.sri, submit=False)
    services.submit_need(cast.budi, draft.id)
    with pytest.raises(Refused, match="orang lain"):
        services.approve_need(cast.budi, draft.id)


def test_the_database_itself_refuses_one_person_as_both(cast):
    need = post(cast.sri)
    with pytest.raises(IntegrityError, match="two_people"):
        db.session.execute(update(Need).where(Need.id == need.id).values(approved_by=cast.sri.user_id))
    db.session.rollback()


def test_the_secretary_may_not_approve_and_the_cashier_may_not_post(cast):
    need = post(cast.budi)
    with pytest.raises(Forbidden):
        services.approve_need(cast.sri, need.id)
    with pytest.raises(Forbidden):
        post(cast.kasir)
    with pytest.raises(Forbidden):
        post(cast.joko)


def test_a_stranger_finds_nothing_to_decide_change_or_withdraw(cast):
    need = post(cast.sri)
    rival = factories.actor(Role.TREASURER, cast.tetangga)
    for act in (
        lambda: services.approve_need(rival, need.id),
        lambda: services.reject_need(rival, need.id, "tidak"),
        lambda: services.withdraw_need(rival, need.id),
        lambda: services.update_need(rival, need.id, wanted_packs=1),
        lambda: queries.need_for(rival, need.id),
        lambda: queries.need_for(rival, 10**40),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_rejected_need_comes_back_as_a_draft_once_it_is_mended(cast):
    need = post(cast.sri)
    services.reject_need(cast.budi, need.id, "Kas bulan ini habis")
    assert history_of(need)[-1].reason == "Kas bulan ini habis"
    services.update_need(cast.sri, need.id, wanted_packs=20, at_most_packs=None)
    assert (need.state, need.wanted_packs, need.at_most_packs) == ("draft", 20, 20)
    assert services.submit_need(cast.sri, need.id).state == "submitted"


def test_a_rejection_says_why(cast):
    need = post(cast.sri)
    with pytest.raises(Refused, match="alasan"):
        services.reject_need(cast.budi, need.id, "")


def test_a_need_is_withdrawn_until_a_round_takes_it(cast):
    assert services.withdraw_need(cast.sri, post(cast.sri, submit=False).id).state == "withdrawn"
    assert services.withdraw_need(cast.sri, post(cast.sri).id).state == "withdrawn"
    assert services.withdraw_need(cast.budi, opened(cast).id, "Sudah punya stok").state == "withdrawn"
    taken = opened(cast)
    services.take_into_round(cast.ratna, [taken.id])
    with pytest.raises(IllegalMove):
        services.withdraw_need(cast.sri, taken.id)


def test_a_need_that_was_handed_in_cannot_be_changed(cast):
    need = post(cast.sri)
    with pytest.raises(Conflict, match="diajukan"):
        services.update_need(cast.sri, need.id, wanted_packs=1)


def test_the_second_of_two_editors_is_told(cast):
    need = post(cast.sri, submit=False)
    seen = need.version
    services.update_need(cast.sri, need.id, version=seen, note="pintu belakang")
    with pytest.raises(Conflict, match="Orang lain"):
        services.update_need(cast.hadi, need.id, version=seen, note="pintu depan")
    assert need.note == "pintu belakang"


def test_handing_in_and_approving_write_their_name_with_the_move_and_count_as_edits(cast):
    draft = post(cast.sri, submit=False)
    services.submit_need(cast.sri, draft.id)
    services.approve_need(cast.budi, draft.id)
    db.session.expire(draft)
    assert (draft.submitted_by, draft.approved_by) == (cast.sri.user_id, cast.budi.user_id)
    assert (draft.state, draft.version) == ("open", 3), "written, handed in, approved"


def test_what_offers_ask_decides_nothing_about_posting_so_nobody_is_asked(cast, monkeypatch):
    def ask(*_given: object) -> int:
        raise AssertionError("offers are sealed")

    monkeypatch.setattr(services.rules, "_quote", ask)
    assert opened(cast).state == "open"


def test_a_refused_change_leaves_the_draft_as_it_was(cast):
    need = post(cast.sri, submit=False)
    with pytest.raises(Refused):
        services.update_need(cast.sri, need.id, wanted_packs=50, at_most_packs=10)
    db.session.flush()
    assert (need.wanted_packs, need.at_most_packs) == (40, 40)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wanted_packs": 0}, "wanted_packs"),
        ({"wanted_packs": 10**12}, "wanted_packs"),
        ({"at_most_packs": 39}, "at_most_packs"),
        ({"at_most_packs": 10**12}, "at_most_packs"),
        ({"needed_by_on": -1}, "needed_by_on"),
        ({"needed_by_on": 4000}, "needed_by_on"),
        ({"ceiling_rp": 0}, "ceiling_rp"),
        ({"terms": "utang"}, "terms"),
        ({"truck_access": "perahu"}, "truck_access"),
        ({"cash_rp": 100}, "cash_rp"),
        ({"max_suppliers": 0}, "max_suppliers"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field_and_not_kept(cast, changes, field):
    if "needed_by_on" in changes:
        changes = {"needed_by_on": clock.today() + timedelta(days=changes["needed_by_on"])}
    with pytest.raises(Refused) as refusal:
        post(cast.sri, **changes)
    assert refusal.value.field == field
    assert db.session.query(Need).count() == 0


def test_a_need_for_today_is_still_possible(cast):
    assert post(cast.sri, needed_by_on=clock.today()).state == "submitted"


def test_small_packs_are_not_bought_together(cast):
    with pytest.raises(Refused, match="eceran"):
        post(cast.sri, "BRS-PRM-5")


# --- price ---------------------------------------------------------------------------------------


def test_a_ceiling_above_the_het_is_refused_with_figure_and_source(cast):
    with pytest.raises(
        Refused, match=r"Rp372\.500 per sak \(Rp14\.900 per kg, Kep\. Bapanas 299/2025\)"
    ) as refusal:
        post(cast.sri, ceiling_rp=372_501)
    assert refusal.value.field == "ceiling_rp"
    assert post(cast.sri, ceiling_rp=372_500).ceiling_rp == 372_500


def test_a_need_without_a_ceiling_carries_that_of_the_law(cast):
    assert post(cast.sri).ceiling_rp == 372_500
    assert post(cast.sri, "GULA-50").ceiling_rp is None, "a HAP warns, it does not bind"


def test_a_fixed_price_is_not_haggled_over(cast):
    with pytest.raises(Refused, match=r"Rp55\.000 tidak bisa ditawar"):
        post(cast.sri, "BRS-SPHP-5", ceiling_rp=54_000)
    assert post(cast.sri, "BRS-SPHP-5").ceiling_rp == 62_500


def test_cash_that_does_not_pay_for_one_pack_is_refused(cast):
    with pytest.raises(Refused, match=r"Rp300\.000 belum cukup untuk satu sak seharga Rp372\.500"):
        post(cast.sri, cash_rp=300_000)
    assert post(cast.sri, cash_rp=372_500).cash_rp == 372_500
    assert post(cast.sri, cash_rp=0, terms="tempo").cash_rp == 0


def test_a_good_whose_cheapest_landed_price_breaks_the_ceiling_says_so(cast):
    pack = commodities.pack_by_code("BRS-PRM-25")
    services.configure(lambda *_asked: 361_326)
    outlook = services.price_outlook(pack, "3578081003")
    assert (outlook.ceiling_rp, outlook.margin_rp, outlook.limit_rp) == (372_500, 11_175, 361_325)
    assert outlook.breaks
    services.configure(lambda *_asked: 361_325)
    assert not services.price_outlook(pack, "3578081003").breaks


def test_offers_stay_sealed_but_a_fixed_price_is_public(cast):
    services.configure(lambda *_asked: 360_000)
    assert not services.price_outlook(commodities.pack_by_code("BRS-PRM-25"), "3578081003").public
    services.configure(None)
    fixed = services.price_outlook(commodities.pack_by_code("BRS-SPHP-5"), "3578081003")
    assert (fixed.public, fixed.landed_rp) == (True, 55_000)


def test_without_offers_and_rules_nothing_is_claimed(cast):
    services.configure(None)
    outlook = services.price_outlook(commodities.pack_by_code("TRG-25"), "3578081003")
    assert (outlook.ceiling_rp, outlook.landed_rp, outlook.breaks) == (None, None, False)


# --- quota ---------------------------------------------------------------------------------------


def test_subsidised_rice_is_limited_to_two_tons_in_seven_days(cast):
    post(cast.sri, "BRS-SPHP-5", wanted_packs=300)
    with pytest.raises(
        Refused, match=r"2\.000 kg per koperasi dalam 7 hari.*1\.500 kg, sisa 100 kemasan"
    ) as refusal:
        post(cast.sri, "BRS-SPHP-5", wanted_packs=101)
    assert refusal.value.field == "wanted_packs"
    assert post(cast.sri, "BRS-SPHP-5", wanted_packs=100).state == "submitted"


def test_the_quota_counts_what_may_come_not_only_what_is_wanted(cast):
    with pytest.raises(Refused, match="Jatah"):
        post(cast.sri, "BRS-SPHP-5", wanted_packs=300, at_most_packs=401)


def test_no_seven_days_hold_more_than_the_quota(cast):
    first = clock.today() + timedelta(days=10)
    post(cast.sri, "BRS-SPHP-5", wanted_packs=250, needed_by_on=first)
    post(cast.sri, "BRS-SPHP-5", wanted_packs=250, needed_by_on=first + timedelta(days=7))
    with pytest.raises(Refused, match="sisa 150"):
        post(cast.sri, "BRS-SPHP-5", wanted_packs=151, needed_by_on=first + timedelta(days=3))
    assert post(cast.sri, "BRS-SPHP-5", wanted_packs=150, needed_by_on=first + timedelta(days=3))


def test_the_quota_counts_the_days_before_as_well(cast):
    first = clock.today() + timedelta(days=10)
    post(cast.sri, "BRS-SPHP-5", wanted_packs=300, needed_by_on=first)
    with pytest.raises(Refused, match="sisa 100"):
        post(cast.sri, "BRS-SPHP-5", wanted_packs=101, needed_by_on=first + timedelta(days=6))
    assert post(cast.sri, "BRS-SPHP-5", wanted_packs=400, needed_by_on=first + timedelta(days=7))


def test_withdrawn_needs_and_neighbours_use_up_no_quota(cast):
    services.withdraw_need(cast.sri, post(cast.sri, "BRS-SPHP-5", wanted_packs=400).id)
    post(cast.wati, "BRS-SPHP-5", wanted_packs=400)
    assert post(cast.sri, "BRS-SPHP-5", wanted_packs=400).state == "submitted"


def test_two_drafts_may_not_both_be_handed_in_over_the_quota(cast):
    drafts = [post(cast.sri, "BRS-SPHP-5", wanted_packs=300, submit=False) for _each in range(2)]
    services.submit_need(cast.sri, drafts[0].id)
    with pytest.raises(Refused, match="Jatah"):
        services.submit_need(cast.sri, drafts[1].id)


# --- time ----------------------------------------------------------------------------------------


def test_a_need_whose_day_has_passed_is_not_approved_and_expires_when_open(cast):
    waiting = post(cast.sri, needed_by_on=clock.today() + timedelta(days=1))
    ready = opened(cast, needed_by_on=clock.today() + timedelta(days=1))
    clock.travel(3 * 86_400)
    with pytest.raises(Refused, match="sudah lewat"):
        services.approve_need(cast.budi, waiting.id)
    assert services.expire_old() == 1
    assert (ready.state, waiting.state) == ("expired", "submitted")
    assert history_of(ready)[-1].actor_name == "Lumbung"


def test_a_crash_while_approving_leaves_the_need_waiting(cast):
    need = post(cast.sri)
    db.session.commit()
    with pytest.raises(faults.FaultInjected), faults.armed("needs.approved"):
        services.approve_need(cast.budi, need.id)
    db.session.rollback()
    assert db.session.get_one(Need, need.id).state == "submitted"
