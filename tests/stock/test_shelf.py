"""Counts, write-offs by two people, repacking: the shelf and the books say the same."""

from __future__ import annotations

import pytest

from market.commodities import queries as commodities
from market.core import approvals, clock, db, faults
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.ledger import chart
from market.ledger import queries as ledger
from market.stock import queries, services
from tests.stock.conftest import SACK, bring, inventory_rp, rice, together

HOUR = 3600


@pytest.fixture
def item(cast, open_transaction):
    """Ten sacks of rice worth Rp3.000.000, on the shelf and in the books."""
    item = rice(cast.makmur.id)
    bring(cast.sri, item, 10 * SACK, 3_000_000)
    return item


def agrees(item) -> bool:
    """Whether shelf and books hold the same value and the books balance."""
    trial = ledger.trial_balance(item.organization_id)
    return inventory_rp(item.organization_id) == item.value_rp and trial.balanced


# --- counting --------------------------------------------------------------------------------------


def test_missing_goods_cost_their_average_and_become_a_loss(cast, item):
    move = services.count_stock(cast.sri, item.id, 9 * SACK, "dimakan tikus")
    assert (move.quantity_base, move.value_rp, move.kind) == (-SACK, -300_000, "count")
    assert (item.on_hand_base, item.value_rp) == (9 * SACK, 2_700_000)
    assert ledger.balance_rp(cast.makmur.id, chart.STOCK_LOSS) == 300_000
    assert agrees(item)


def test_surplus_goods_come_in_at_the_average(cast, item):
    services.count_stock(cast.sri, item.id, 11 * SACK, "terlewat dicatat")
    assert (item.on_hand_base, item.value_rp) == (11 * SACK, 3_300_000)
    assert ledger.balance_rp(cast.makmur.id, chart.STOCK_LOSS) == -300_000
    assert agrees(item)


def test_a_count_that_agrees_changes_nothing(cast, item):
    assert services.count_stock(cast.sri, item.id, 10 * SACK, "") is None
    assert queries.move_count(item.id) == 1


def test_goods_found_on_an_empty_shelf_have_no_cost(cast, item):
    services.count_stock(cast.sri, item.id, 0, "hilang semua")
    services.count_stock(cast.sri, item.id, SACK, "ketemu lagi")
    assert (item.on_hand_base, item.value_rp) == (SACK, 0)
    assert agrees(item)


def test_a_difference_needs_a_reason(cast, item):
    with pytest.raises(Refused) as refusal:
        services.count_stock(cast.sri, item.id, 9 * SACK, "  ")
    assert refusal.value.field == "reason"


def test_fewer_than_promised_cannot_be_counted(cast, item):
    services.reserve(cast.kasir, cast.makmur.id, item.id, 4 * SACK, "retail:1")
    with pytest.raises(Refused, match="100 kg") as refusal:
        services.count_stock(cast.sri, item.id, 3 * SACK, "hilang")
    assert refusal.value.field == "counted"
    services.count_stock(cast.sri, item.id, 4 * SACK, "hilang")
    assert (item.on_hand_base, item.reserved_base) == (4 * SACK, 4 * SACK)


def test_less_than_nothing_cannot_be_counted(cast, item):
    with pytest.raises(Refused, match="kurang dari nol"):
        services.count_stock(cast.sri, item.id, -1, "hilang")


def test_only_those_who_work_at_the_shelf_count(cast, item):
    with pytest.raises(Forbidden):
        services.count_stock(cast.hadi, item.id, SACK, "hilang")
    with pytest.raises(NotFound):
        services.count_stock(cast.wati, item.id, SACK, "hilang")


def test_consigned_goods_are_counted_without_touching_the_books(cast, open_transaction):
    chips = services.item_for_product(cast.makmur.id, 7, "Keripik Bu Tini")
    services.move_in(cast.sri, cast.makmur.id, chips.id, 20, 0, "consign:7:a", "consign_in")
    move = services.count_stock(cast.sri, chips.id, 18, "remuk")
    assert (move.quantity_base, move.value_rp) == (-2, 0)
    assert ledger.trial_balance(cast.makmur.id).rows == []


# --- writing off -----------------------------------------------------------------------------------


def test_a_write_off_by_two_people_leaves_shelf_and_books(cast, item):
    asked = services.propose_write_off(cast.sri, item.id, 2 * SACK, "basah kena banjir")
    assert item.on_hand_base == 10 * SACK, "a proposal moves nothing"
    done = services.decide_write_off(cast.budi, asked.id, approve=True)
    assert (done.state, item.on_hand_base, item.value_rp) == ("done", 8 * SACK, 2_400_000)
    assert ledger.balance_rp(cast.makmur.id, chart.STOCK_LOSS) == 600_000
    assert agrees(item)


def test_nobody_approves_their_own_write_off(cast, item):
    asked = services.propose_write_off(cast.budi, item.id, SACK, "rusak")
    with pytest.raises(Refused, match="orang lain"):
        services.decide_write_off(cast.budi, asked.id, approve=True)
    assert services.decide_write_off(cast.hadi, asked.id, approve=True).state == "done"


def test_a_write_off_is_decided_once(cast, item):
    asked = services.propose_write_off(cast.sri, item.id, SACK, "rusak")
    services.decide_write_off(cast.budi, asked.id, approve=True)
    with pytest.raises(Refused):
        services.decide_write_off(cast.hadi, asked.id, approve=True)
    assert item.on_hand_base == 9 * SACK


def test_a_rejected_write_off_moves_nothing_and_says_why(cast, item):
    asked = services.propose_write_off(cast.sri, item.id, SACK, "rusak")
    with pytest.raises(Refused) as silent:
        services.decide_write_off(cast.budi, asked.id, approve=False)
    assert silent.value.field == "reason"
    assert services.decide_write_off(cast.budi, asked.id, False, "masih layak").state == "rejected"
    assert item.on_hand_base == 10 * SACK


def test_goods_sold_meanwhile_cannot_be_written_off(cast, item):
    asked = services.propose_write_off(cast.sri, item.id, 2 * SACK, "rusak")
    services.move_out(cast.kasir, cast.makmur.id, item.id, 9 * SACK, "sale:1")
    with pytest.raises(Refused, match="tinggal 25 kg"), db.session.begin_nested():
        services.decide_write_off(cast.budi, asked.id, approve=True)
    db.session.refresh(asked)
    assert asked.state == "proposed"


@pytest.mark.parametrize(("packs", "reason"), [(0, "rusak"), (-1, "rusak"), (11, "rusak"), (1, " ")])
def test_a_proposal_makes_sense_or_is_refused(cast, item, packs, reason):
    with pytest.raises(Refused):
        services.propose_write_off(cast.sri, item.id, packs * SACK, reason)


def test_a_write_off_needs_the_right_people(cast, item):
    asked = services.propose_write_off(cast.sri, item.id, SACK, "rusak")
    with pytest.raises(Forbidden):
        services.decide_write_off(cast.kasir, asked.id, approve=True)
    with pytest.raises(Forbidden):
        services.propose_write_off(cast.hadi, item.id, SACK, "rusak")
    with pytest.raises(NotFound):
        services.propose_write_off(cast.wati, item.id, SACK, "rusak")
    with pytest.raises(Forbidden):
        services.decide_write_off(cast.wati, asked.id, approve=True)


def test_after_three_days_a_proposal_lapses(cast, item):
    asked = services.propose_write_off(cast.sri, item.id, SACK, "rusak")
    assert services.lapse_write_offs() == 0
    clock.travel(approvals.LAPSES_AFTER_H * HOUR)
    with pytest.raises(Refused, match="72 jam"):
        services.decide_write_off(cast.budi, asked.id, approve=True)
    assert queries.waiting_write_offs(cast.makmur.id) == []
    assert services.lapse_write_offs() == 1
    assert asked.state == "lapsed"


def test_the_approver_is_reminded_and_the_proposer_is_not(cast, item):
    asked = services.propose_write_off(cast.budi, item.id, SACK, "rusak")
    (task,) = db.session.execute(queries.today(cast.hadi)).all()
    assert (task.kind, task.subject_id, task.detail) == ("write_off_waits", asked.id, item.name)
    assert db.session.execute(queries.today(cast.budi)).all() == []
    assert queries.today(cast.sri) is None


def test_another_kind_of_proposal_is_not_taken_for_a_write_off(cast, item):
    """Ids of different tables meet: only the write-off's own proposal executes it."""
    asked = services.propose_write_off(cast.sri, item.id, SACK, "rusak")
    other = approvals.propose(cast.sri, "supplier_payment", asked)
    services.decide_write_off(cast.budi, asked.id, approve=True)
    assert (other.state, asked.state) == ("proposed", "done")


# --- repacking -------------------------------------------------------------------------------------


def small(cast):
    return commodities.pack_by_code("BRS-PRM-5")


def test_a_sack_of_25_kg_becomes_five_of_5_kg_at_the_same_cost(cast, item):
    into = services.repack(cast.sri, item.id, small(cast).id, 3)
    five = queries.item_by_code(cast.makmur.id, "pack:BRS-PRM-5")
    assert (into.quantity_base, into.value_rp) == (3 * SACK, 900_000)
    assert (five.on_hand_base // five.pack_base, five.value_rp) == (15, 900_000)
    assert (item.on_hand_base, item.value_rp) == (7 * SACK, 2_100_000)
    assert item.value_rp + five.value_rp == inventory_rp(cast.makmur.id)


def test_no_rupiah_is_lost_when_the_last_crooked_sack_is_opened(cast, open_transaction):
    item = rice(cast.makmur.id)
    bring(cast.sri, item, 3 * SACK, 1_000_000)
    for _sack in range(3):
        services.repack(cast.sri, item.id, small(cast).id, 1)
    five = queries.item_by_code(cast.makmur.id, "pack:BRS-PRM-5")
    assert (item.value_rp, five.value_rp, five.on_hand_base) == (0, 1_000_000, 3 * SACK)


def test_repacked_goods_expire_with_the_sack(cast, open_transaction):
    item, day = rice(cast.makmur.id), clock.today()
    bring(cast.sri, item, SACK, 300_000, expires_on=day)
    assert services.repack(cast.sri, item.id, small(cast).id, 1).expires_on == day


@pytest.mark.parametrize(
    ("code", "packs", "field"),
    [
        ("BRS-PRM-25", 1, "to_pack_id"),
        ("MKT-12", 1, "to_pack_id"),
        ("BRS-PRM-5", 0, "packs"),
        ("BRS-PRM-5", 11, "packs"),
    ],
)
def test_a_repacking_that_cannot_be_is_refused_at_its_field(cast, item, code, packs, field):
    known = {pack.code: pack for pack in commodities.packs()}
    other = next(p for p in known.values() if p.commodity_id != known["BRS-PRM-25"].commodity_id)
    target = known.get(code, other)
    with pytest.raises(Refused) as refusal:
        services.repack(cast.sri, item.id, target.id, packs)
    assert refusal.value.field == field
    assert queries.move_count(item.id) == 1


def test_small_packs_do_not_become_a_sack(cast, open_transaction):
    five = rice(cast.makmur.id, "BRS-PRM-5")
    bring(cast.sri, five, SACK, 300_000)
    with pytest.raises(Refused):
        services.repack(cast.sri, five.id, commodities.pack_by_code("BRS-PRM-25").id, 1)
    assert queries.repack_targets(five) == []


def test_consigned_goods_are_not_repacked(cast, open_transaction):
    chips = services.item_for_product(cast.makmur.id, 7, "Keripik Bu Tini")
    services.move_in(cast.sri, cast.makmur.id, chips.id, 20, 0, "consign:7:a", "consign_in")
    with pytest.raises(Refused):
        services.repack(cast.sri, chips.id, small(cast).id, 1)


# --- all or nothing --------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", [1, 2])
def test_a_crash_while_repacking_leaves_both_shelves_as_they_were(cast, nth):
    with db.transaction():
        item = rice(cast.makmur.id)
        bring(cast.sri, item, 10 * SACK, 3_000_000)
    with pytest.raises(faults.FaultInjected), faults.armed("stock_move", nth), db.transaction():
        services.repack(cast.sri, item.id, small(cast).id, 1)
    with db.transaction():
        kept = queries.item_by_code(cast.makmur.id, "pack:BRS-PRM-25")
        assert (kept.on_hand_base, kept.value_rp, queries.move_count(kept.id)) == (10 * SACK, 3_000_000, 1)
        assert queries.item_by_code(cast.makmur.id, "pack:BRS-PRM-5") is None
        services.repack(cast.sri, kept.id, small(cast).id, 1)


def test_a_crash_while_writing_off_leaves_the_proposal(cast):
    with db.transaction():
        item = rice(cast.makmur.id)
        bring(cast.sri, item, 10 * SACK, 3_000_000)
        asked = services.propose_write_off(cast.sri, item.id, SACK, "rusak")
    for point in ("stock_move", "ledger.before_head"):
        with pytest.raises(faults.FaultInjected), faults.armed(point), db.transaction():
            services.decide_write_off(cast.budi, asked.id, approve=True)
    with db.transaction():
        assert queries.write_off_for(cast.budi, asked.id).state == "proposed"
        assert services.decide_write_off(cast.budi, asked.id, approve=True).state == "done"


def test_two_approvers_at_once_write_off_once(cast):
    with db.transaction():
        item = rice(cast.makmur.id)
        bring(cast.sri, item, 10 * SACK, 3_000_000)
        asked = services.propose_write_off(cast.sri, item.id, SACK, "rusak")
    approvers = [cast.budi, cast.hadi]
    answers = together(lambda n: services.decide_write_off(approvers[n % 2], asked.id, approve=True).state, 4)
    assert answers.count("done") == 1
    assert all(isinstance(a, (str, Refused, Conflict)) for a in answers)
    with db.transaction(read_only=True):
        assert queries.stock_of(cast.makmur.id)[0].on_hand_base == 9 * SACK
