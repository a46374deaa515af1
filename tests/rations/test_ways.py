"""One person, one ration: at the counter, for an order of the market, at the door, for a pre-order."""

from __future__ import annotations

import pytest

from market import verify
from market.commodities import queries as commodities
from market.core import clock, db, faults
from market.core.errors import Refused
from market.rations import queries as rations
from market.rations.models import RationUse
from market.rations.types import Shown, buyer_of
from market.retail import queries as retail_queries
from market.retail import services as retail
from market.retail.services.returning import Decision
from tests.counter import shop
from tests.counter.shop import NIK, OTHER_NIK, Till
from tests.retail import door
from tests.retail.test_concurrency import together

PHONE, OTHER_PHONE = "0812-3456-7890", "0813-3456-7890"
CARD, OTHER_CARD = Shown(nik=NIK), Shown(nik=OTHER_NIK)
PACK_G = 5_000


@pytest.fixture
def till(cast) -> Till:
    return shop.open_till(cast)


def sphp_id(till: Till) -> int:
    return int(till.sphp[1:])


def ordered(till: Till, packs: int, phone: str = PHONE) -> int:
    with db.transaction():
        goods = {sphp_id(till): packs} if packs else {till.shop.crisps.id: 1}
        return retail.place_order(retail.BUYER, till.id, goods, "Bu Ani", phone).id


def taken(till: Till, order_id: int, shown: Shown = CARD) -> str:
    with db.transaction():
        order = retail_queries.order_by_id(order_id)
        return str(retail.hand_over(till.cast.kasir, order_id, order.pickup_code, shown=shown).state)


def used(till: Till, nik: str = NIK) -> int:
    """Packs that this person has got today."""
    with db.transaction(read_only=True):
        pack = commodities.pack_by_code("BRS-SPHP-5")
        index = buyer_of(till.id, nik, "RT").index
        return rations.used_base(till.id, index, pack.commodity_id, clock.today().isoformat()) // PACK_G


def broken() -> list[str]:
    with db.transaction(read_only=True):
        return [result.id for result in verify.run() if not result.ok and result.id != "I27"]


def test_what_was_bought_at_the_counter_counts_when_an_order_is_collected(till):
    till.sold((till.sphp, 3), nik=NIK)
    order_id = ordered(till, 3)
    with pytest.raises(Refused, match=r"5 .* per hari, sisa 2"):
        taken(till, order_id)
    assert used(till) == 3, "nothing of the refused hand-over stays"
    assert taken(till, order_id, OTHER_CARD) == "collected"
    assert (used(till), used(till, OTHER_NIK)) == (3, 3)
    assert broken() == []


def test_what_was_collected_counts_at_the_counter_and_for_the_next_order_of_another_phone(till):
    taken(till, ordered(till, 4))
    with pytest.raises(Refused, match="sisa 1"):
        till.sold((till.sphp, 2), nik=NIK)
    second = ordered(till, 2, OTHER_PHONE)
    with pytest.raises(Refused, match="sisa 1"):
        taken(till, second)
    clock.travel(86_400)
    assert taken(till, second) == "collected", "the next day is another ration"


def test_nobody_collects_scarce_goods_without_a_card(till):
    order_id = ordered(till, 1)
    with pytest.raises(Refused, match="isi NIK pembeli") as refused:
        taken(till, order_id, Shown())
    assert refused.value.field == "nik"
    with pytest.raises(Refused, match="16 angka"):
        taken(till, order_id, Shown(nik="3578"))
    with pytest.raises(Refused, match="NIB"):
        taken(till, order_id, Shown(nik=NIK, category="UM"))
    assert taken(till, order_id, Shown(nik=NIK, category="UM", nib="1234567890123")) == "collected"


def test_other_goods_are_collected_without_a_card_and_nothing_is_kept_of_one(till):
    assert taken(till, ordered(till, 0), Shown()) == "collected"
    assert taken(till, ordered(till, 0), CARD) == "collected"
    with db.transaction(read_only=True):
        assert db.session.query(RationUse).count() == 0


def test_what_comes_back_may_be_had_again(till):
    order_id = ordered(till, 4)
    taken(till, order_id)
    with db.transaction():
        order = retail_queries.order_by_id(order_id)
        line = retail_queries.lines_of(order_id)[0]
        case = door.complaint(order, line.id, 3)
        paid = line.amount_rp * 3 // 4
        retail.refund_complaint(till.cast.sri, case.id, Decision(paid, "cooperative", "shelf", "maaf"))
    assert used(till) == 1
    till.sold((till.sphp, 4), nik=NIK)
    assert broken() == []


def test_money_back_for_goods_that_were_kept_gives_no_second_ration(till):
    order_id = ordered(till, 4)
    taken(till, order_id)
    with db.transaction():
        order = retail_queries.order_by_id(order_id)
        case = door.complaint(order, retail_queries.lines_of(order_id)[0].id, 1)
        retail.refund_complaint(till.cast.sri, case.id, Decision(1_000, "cooperative", "kept", "maaf"))
    assert used(till) == 4
    assert broken() == []


def test_at_the_door_the_same_ration_counts(till):
    with db.transaction():
        door.zone(till.cast)
        extras = retail.Extras(door=door.door(till.cast))
        placed = retail.place_order(retail.BUYER, till.id, {sphp_id(till): 3}, "Bu Ani", PHONE, extras=extras)
        retail.mark_ready(till.cast.kasir, placed.id)
        run = door.on_the_way(till.cast, placed)
        stop = door.delivery_of(placed).id
    till.sold((till.sphp, 3), nik=NIK)
    for shown, words in ((Shown(), "isi NIK"), (CARD, "sisa 2")):
        with pytest.raises(Refused, match=words), db.transaction():
            retail.deliver(run.token, stop, pickup_code=placed.pickup_code, shown=shown)
    with db.transaction():
        retail.deliver(run.token, stop, pickup_code=placed.pickup_code, shown=OTHER_CARD)
    assert used(till, OTHER_NIK) == 3
    assert broken() == []


def test_counter_and_collection_at_once_give_one_person_one_ration(till):
    order_id = ordered(till, 3)
    sale_id = till.known(till.basket((till.sphp, 3)))
    with db.transaction(read_only=True):
        code = retail_queries.order_by_id(order_id).pickup_code

    def act(number: int) -> str:
        if number:
            return str(retail.hand_over(till.cast.kasir, order_id, code, shown=CARD).state)
        return str(shop.services.pay_cash(till.cast.kasir, sale_id, 1_000_000, shop.MAP).state)

    answers = [str(answer) for answer in together(act, 2)]
    assert sum("sisa 2" in answer for answer in answers) == 1, answers
    assert used(till) == 3
    assert broken() == []


@pytest.mark.parametrize("point", ["ration_claimed", "goods_handed_over"])
def test_a_crash_at_the_hand_over_counts_nothing(till, point):
    order_id = ordered(till, 2)
    with pytest.raises(faults.FaultInjected), faults.armed(point):
        taken(till, order_id)
    assert used(till) == 0
    assert taken(till, order_id) == "collected"
    assert used(till) == 2
    assert broken() == []
