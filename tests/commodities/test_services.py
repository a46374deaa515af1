"""Loading the reference data, amounts as typed, price rules by two people, prices seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries, services
from market.commodities.models import Commodity, Pack, PriceRule
from market.core import clock, db, faults
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.permissions import Role
from tests import cast as people
from tests import factories

SURABAYA = "3578081003"


@pytest.fixture
def world():
    return people.begin_with_goods


@pytest.fixture
def cast(cast):
    with db.transaction():
        yield cast


def rice() -> Pack:
    return queries.pack_by_code("BRS-MED-25")


def propose(actor, **changes):
    details = {
        "commodity_id": rice().commodity_id,
        "kind": "HET",
        "region_key": "zone1",
        "channel": "consumer",
        "amount_rp": 14_000,
        "valid_from_on": clock.today() + timedelta(days=10),
        "legal_ref": "Kep. Bapanas 1/2027",
        **changes,
    }
    return services.propose_price_rule(actor, **details)


def test_loading_the_reference_data_twice_adds_nothing(cast):
    assert services.load_reference() == 0
    assert db.session.query(Commodity).count() == 15


def test_every_rule_in_the_reference_data_names_its_source(cast):
    assert all(rule.legal_ref and rule.source_url for rule in db.session.query(PriceRule))


# --- amounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "typed", "packs"),
    [
        ("BRS-PRM-25", "40", 40),
        ("BRS-PRM-25", "40 sak", 40),
        ("BRS-PRM-25", "1.200 Sak", 1200),
        ("BRS-PRM-25", "2 ton", 80),
        ("BRS-PRM-25", "1,5 ton", 60),
        ("BRS-PRM-25", "500 kg", 20),
        ("MKT-12", "120 liter", 10),
        ("LPG-3", "50 tabung", 50),
        ("LPG-3", "50", 50),
    ],
)
def test_amounts_may_be_typed_as_packs_or_as_weight(cast, code, typed, packs):
    assert services.read_packs(queries.pack_by_code(code), typed) == packs


def test_an_amount_between_two_packs_names_the_two_nearest(cast):
    with pytest.raises(Refused, match=r"1\.000 kg.*1\.025 kg") as refusal:
        services.read_packs(queries.pack_by_code("BRS-PRM-25"), "1.010 kg", field="wanted")
    assert refusal.value.field == "wanted"


@pytest.mark.parametrize(
    "typed", ["", "banyak", "-3", "0", "2,5", "1e9", "9" * 30, "9" * 5000, "3 sak 2", "٣"]
)
def test_what_is_no_amount_is_refused_with_a_hint(cast, typed):
    with pytest.raises(Refused) as refusal:
        services.read_packs(queries.pack_by_code("BRS-PRM-25"), typed)
    assert refusal.value.message


# --- price rules ---------------------------------------------------------------------------------


def test_a_proposed_rule_binds_nobody(cast):
    propose(cast.ratna)
    later = clock.today() + timedelta(days=20)
    assert queries.ceiling_rp(rice(), SURABAYA, later) == 13_500 * 25


def test_an_approved_rule_replaces_the_old_one_from_its_day_on(cast):
    starts = clock.today() + timedelta(days=10)
    services.approve_price_rule(cast.agus, propose(cast.ratna).id)
    assert queries.ceiling_rp(rice(), SURABAYA, starts - timedelta(days=1)) == 13_500 * 25
    assert queries.ceiling_rp(rice(), SURABAYA, starts) == 14_000 * 25


def test_a_new_rule_changes_no_past_day(cast):
    days = [clock.today() - timedelta(days=n) for n in (0, 100, 400)]
    before = [queries.ceiling_rp(rice(), SURABAYA, on) for on in days]
    services.approve_price_rule(cast.agus, propose(cast.ratna).id)
    assert [queries.ceiling_rp(rice(), SURABAYA, on) for on in days] == before


def test_a_rule_between_two_others_ends_before_the_later_one(cast):
    today = clock.today()
    services.approve_price_rule(cast.agus, propose(cast.ratna, valid_from_on=today + timedelta(30)).id)
    between = propose(cast.ratna, valid_from_on=today + timedelta(10), amount_rp=13_800)
    services.approve_price_rule(cast.agus, between.id)
    seen = [queries.ceiling_rp(rice(), SURABAYA, today + timedelta(n)) for n in (9, 10, 29, 30)]
    assert seen == [each * 25 for each in (13_500, 13_800, 13_800, 14_000)]


def test_nobody_approves_the_rule_they_proposed(cast):
    with pytest.raises(Refused, match="orang lain"):
        services.approve_price_rule(cast.agus, propose(cast.agus).id)


def test_an_officer_may_not_approve_and_a_cooperative_may_not_propose(cast):
    with pytest.raises(Forbidden):
        services.approve_price_rule(cast.ratna, propose(cast.agus).id)
    with pytest.raises(Forbidden):
        propose(cast.sri)


def test_another_office_does_not_find_the_proposal(cast):
    malang = factories.office("3573", "Dinas Koperasi Kota Malang")
    head = factories.actor(Role.OFFICE_HEAD, malang)
    approval = propose(cast.ratna)
    with pytest.raises(NotFound):
        services.approve_price_rule(head, approval.id)
    with pytest.raises(NotFound):
        services.approve_price_rule(cast.agus, 10**30)


def test_a_rejected_rule_never_comes_into_force_and_needs_a_reason(cast):
    approval = propose(cast.ratna)
    with pytest.raises(Refused, match="alasan"):
        services.approve_price_rule(cast.agus, approval.id, approve=False)
    rule = services.approve_price_rule(cast.agus, approval.id, approve=False, reason="Angka keliru")
    assert rule.state == "rejected"
    assert queries.ceiling_rp(rice(), SURABAYA, clock.today() + timedelta(days=20)) == 13_500 * 25


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from_on": timedelta(days=-1)}, "valid_from_on"),
        ({"valid_from_on": timedelta(days=4000)}, "valid_from_on"),
        ({"region_key": "3573"}, "region_key"),
        ({"region_key": "zone3"}, "region_key"),
        ({"amount_rp": 0}, "amount_rp"),
        ({"amount_rp": 10**12}, "amount_rp"),
        ({"kind": "HARGA"}, "kind"),
        ({"channel": "pasar"}, "channel"),
        ({"kind": "ADMIN_BUY", "channel": "retailer"}, "kind"),
    ],
)
def test_rules_that_cannot_be_right_are_refused_at_their_field(cast, changes, field):
    if isinstance(changes.get("valid_from_on"), timedelta):
        changes = {"valid_from_on": clock.today() + changes["valid_from_on"]}
    with pytest.raises(Refused) as refusal:
        propose(cast.ratna, **changes)
    assert refusal.value.field == field
    assert db.session.query(PriceRule).filter_by(state="proposed").count() == 0


def test_a_second_rule_from_the_same_day_is_refused(cast):
    services.approve_price_rule(cast.agus, propose(cast.ratna).id)
    with pytest.raises(Refused, match="Sudah ada"):
        propose(cast.ratna, amount_rp=14_100)


def test_a_proposal_whose_day_has_passed_cannot_be_approved(cast):
    approval = propose(cast.ratna, valid_from_on=clock.today())
    clock.travel(2 * 86_400)
    with pytest.raises(Refused, match="sudah lewat"):
        services.approve_price_rule(cast.agus, approval.id)


def test_a_crash_between_two_rules_leaves_the_old_one_in_force(database):
    with db.transaction():
        cast = people.assemble()
        services.load_reference()
        approval_id = propose(cast.ratna).id
    with pytest.raises(faults.FaultInjected), db.transaction(), faults.armed("commodities.rule_ended"):
        services.approve_price_rule(cast.agus, approval_id)
    with db.transaction(read_only=True):
        later = clock.today() + timedelta(days=20)
        assert queries.ceiling_rp(rice(), SURABAYA, later) == 13_500 * 25


def test_the_head_of_the_office_sees_what_waits_but_not_the_own_proposal(cast):
    propose(cast.ratna)
    propose(cast.agus, region_key="3578")
    waiting = db.session.execute(queries.today(cast.agus)).all()
    assert [(row.kind, row.detail, row.amount) for row in waiting] == [
        ("price_rule_to_approve", "Beras medium", 14_000)
    ]
    assert queries.today(cast.sri) is None
    assert len(queries.proposals(cast.dinas.id)) == 2


# --- prices seen ---------------------------------------------------------------------------------


def observe(actor, **changes):
    details = {
        "commodity_id": rice().commodity_id,
        "amount_rp": 12_800,
        "observed_on": clock.today(),
        **changes,
    }
    return services.observe_price(actor, **details)


def test_a_price_seen_by_a_cooperative_counts_in_its_city(cast):
    seen = observe(cast.sri)
    assert (seen.region_key, seen.source) == ("3578", "Koperasi Sumber Makmur")
    assert queries.market_price_rp(rice(), SURABAYA, clock.today()) == 12_800 * 25


def test_a_price_for_a_sack_instead_of_a_kilo_is_noticed(cast):
    with pytest.raises(Refused, match="per kg"):
        observe(cast.sri, amount_rp=325_000)
    with pytest.raises(Refused, match="per kg"):
        observe(cast.sri, amount_rp=1_300)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"observed_on": 1}, "observed_on"),
        ({"observed_on": -90}, "observed_on"),
        ({"amount_rp": 0}, "amount_rp"),
        ({"amount_rp": 10**12}, "amount_rp"),
        ({"level": "gosip"}, "level"),
    ],
)
def test_observations_that_cannot_be_right_are_refused(cast, changes, field):
    if "observed_on" in changes:
        changes = {"observed_on": clock.today() + timedelta(days=changes["observed_on"])}
    with pytest.raises(Refused) as refusal:
        observe(cast.sri, **changes)
    assert refusal.value.field == field


def test_the_same_source_tells_one_price_a_day(cast):
    observe(cast.sri)
    with pytest.raises(Conflict):
        observe(cast.sri, amount_rp=12_900)
    observe(cast.wati, amount_rp=12_900)


def test_a_supplier_does_not_note_market_prices(cast):
    with pytest.raises(Forbidden):
        observe(cast.joko)
