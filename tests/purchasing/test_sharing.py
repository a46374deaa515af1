"""A truck that falls short is shared by the published rule, to the last sack."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core import clock, db
from market.core.errors import NotFound, Refused
from market.core.permissions import Role
from market.notices.models import Notice
from market.purchasing import queries, services
from market.purchasing.models import PurchaseOrder
from market.purchasing.services import ReceiptLine
from tests import factories
from tests.purchasing.conftest import freight, goods, issue, lump, pack_id, together, words

AWAITED = st.lists(st.integers(1, 400), min_size=1, max_size=60)


def on():
    return clock.today() + timedelta(days=3)


# --- the rule ---------------------------------------------------------------------------------------


@given(AWAITED, st.data())
def test_everything_loaded_is_given_and_nobody_gets_more_than_awaited(awaited, data):
    loaded = data.draw(st.integers(0, sum(awaited)))
    shares = services.share_out(loaded, awaited)
    assert sum(shares) == loaded
    assert all(0 <= share <= most for share, most in zip(shares, awaited, strict=True))


@given(AWAITED, st.data())
def test_nobody_is_a_whole_sack_away_from_its_exact_share(awaited, data):
    loaded, whole = data.draw(st.integers(0, sum(awaited))), sum(awaited)
    for share, most in zip(services.share_out(loaded, awaited), awaited, strict=True):
        assert abs(share * whole - loaded * most) < whole


@given(AWAITED, st.data())
def test_who_awaits_more_never_gets_less(awaited, data):
    shares = services.share_out(data.draw(st.integers(0, sum(awaited))), awaited)
    pairs = sorted(zip(awaited, shares, strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(pairs) if a[0] < b[0])


def test_equal_claims_are_served_in_the_order_of_the_row():
    assert services.share_out(5, [3, 3, 3]) == [2, 2, 1]


@pytest.mark.parametrize(("loaded", "awaited"), [(1, []), (-1, [2]), (3, [2]), (1, [2, 0])])
def test_what_cannot_be_shared_is_said(loaded, awaited):
    with pytest.raises(ValueError, match="nothing to share"):
        services.share_out(loaded, awaited)


# --- the truck --------------------------------------------------------------------------------------


def truck(cast, *packs: int) -> list[PurchaseOrder]:
    """One truck of Lamongan for as many cooperatives as there are amounts."""
    buyers = [cast.makmur, cast.tetangga]
    while len(buyers) < len(packs):
        buyers.append(factories.cooperative(f"Koperasi {len(buyers)}"))
    return [
        issue(cast, goods(n), freight(n), buyer=buyer, place_code=buyer.place_code)
        for buyer, n in zip(buyers, packs, strict=False)
    ]


def declare(cast, loaded: int, **details):
    return services.declare_shortage(cast.joko, on(), pack_id(), loaded, "gabah basah", **details)


def open_packs(order) -> int:
    return sum(line.open_packs for line in queries.goods_lines(order.id))


def test_order_lines_are_cut_to_what_comes_and_freight_with_them(cast, open_transaction):
    orders = truck(cast, 50, 30, 20)
    shortage = declare(cast, 71)
    assert [row[0].packs for row in queries.shares_of(shortage.id)] == [36, 21, 14]
    assert [open_packs(order) for order in orders] == [36, 21, 14]
    for order in orders:
        lines = queries.lines_of(order.id)
        assert {line.kind: line.cancelled_packs for line in lines}["freight"] == lines[0].cancelled_packs


def test_a_rest_that_comes_later_stays_awaited(cast, open_transaction):
    orders = truck(cast, 50, 30)
    declare(cast, 40, rest_on=on() + timedelta(days=2))
    assert [open_packs(order) for order in orders] == [50, 30]
    assert [queries.expected_shares(o.id)[queries.goods_lines(o.id)[0].id] for o in orders] == [25, 15]


def test_the_expected_share_ends_with_the_count(cast, open_transaction):
    order = truck(cast, 50, 30)[0]
    declare(cast, 40, rest_on=on() + timedelta(days=2))
    services.receive_goods(cast.sri, order.id, [ReceiptLine(queries.goods_lines(order.id)[0].id, 25)])
    assert queries.expected_shares(order.id) == {}, "the next truck brings what is still open"


def test_a_cooperative_that_gets_nothing_has_its_order_cancelled(cast, open_transaction):
    small = issue(cast, goods(1), freight(1), lump("drop", 50_000), buyer=cast.tetangga)
    big = issue(cast, goods(90), freight(90))
    declare(cast, 30)
    assert (small.state, open_packs(small)) == ("cancelled", 0)
    assert (big.state, open_packs(big)) == ("issued", 30)
    assert not any(line.open_packs for line in queries.lines_of(small.id))


def test_other_goods_other_days_and_other_suppliers_are_not_touched(cast, open_transaction):
    truck(cast, 50)
    egg = issue(cast, goods(10, 400_000, "TLR-15"))
    later = issue(cast, goods(10), delivery_on=on() + timedelta(days=1))
    ngawi = issue(cast, goods(10), supplier=cast.ngawi)
    shortage = declare(cast, 20)
    assert shortage.awaited_packs == 50
    assert [open_packs(order) for order in (egg, later, ngawi)] == [10, 10, 10]


@pytest.mark.parametrize(
    ("loaded", "details", "field"),
    [
        (80, {}, "loaded_packs"),
        (81, {}, "loaded_packs"),
        (-1, {}, "loaded_packs"),
        (40, {"rest": 0}, "rest_on"),
        (40, {"reason": " "}, "reason"),
    ],
)
def test_a_shortage_that_is_none_is_refused(cast, open_transaction, loaded, details, field):
    truck(cast, 50, 30)
    rest = on() + timedelta(days=details["rest"]) if "rest" in details else None
    with pytest.raises(Refused) as refusal:
        services.declare_shortage(
            cast.joko, on(), pack_id(), loaded, details.get("reason", "hujan"), rest_on=rest
        )
    assert refusal.value.field == field


def test_only_the_supplier_of_the_truck_shares_it(cast, open_transaction):
    truck(cast, 50, 30)
    with pytest.raises(Refused, match="Tidak ada yang harus"):
        services.declare_shortage(cast.nur, on(), pack_id(), 40, "hujan")
    shortage = declare(cast, 40)
    assert queries.shortage_for(cast.wati, shortage.id) is shortage, "on board"
    with pytest.raises(NotFound):
        queries.shortage_for(factories.actor(Role.CHAIR, factories.cooperative("Jauh")), shortage.id)
    with pytest.raises(NotFound):
        queries.shortage_for(cast.nur, shortage.id)


def test_every_buyer_is_told_its_share(cast, open_transaction):
    truck(cast, 50, 30)
    declare(cast, 40)
    told = db.session.query(Notice).filter_by(kind="delivery_short")
    assert {n.organization_id for n in told} == {cast.makmur.id, cast.tetangga.id}
    assert any("25 dari 50" in n.title for n in told)


def test_two_hands_that_share_at_once_never_cut_below_nothing(cast):
    with db.transaction():
        orders = [order.id for order in truck(cast, 50, 30)]
    answers = together(lambda n: declare(cast, 40 - 10 * n).id, 3, 3)
    with db.transaction(read_only=True):
        left = sum(open_packs(queries.order(each)) for each in orders)
    assert left in (20, 30, 40) and any(isinstance(each, int) for each in answers)


# --- pages ------------------------------------------------------------------------------------------


def test_the_rule_and_all_shares_are_shown_to_everybody_on_board(cast, browsers):
    with db.transaction():
        order = truck(cast, 50, 30)[0].id
        path = f"/pesanan/kirim/{on().isoformat()}/{pack_id()}/kurang"
    joko = browsers(cast.joko)
    assert "80 sak untuk 2 pesanan" in words(joko.get("/pesanan/kirim"))
    assert "Aturan membagi" in words(joko.get(path))
    assert joko.post(path, {"loaded_packs": "80", "reason": "x"}).status_code == 422
    done = joko.post(path, {"loaded_packs": "45", "reason": "gabah basah"})
    assert done.status_code == 303
    for who in (cast.joko, cast.sri, cast.wati):
        page = words(browsers(who).get(done.location))
        assert "45 dari 80 sak termuat" in page and "pecahan terbesar" in page
        assert "1. Koperasi Sumber Makmur" in page and "2. Koperasi Rukun Tetangga" in page
    form = browsers(cast.sri).get(f"/pesanan/{order}/terima")
    assert "bagian Anda 28 sak" in words(form) and 'value="28"' in form.get_data(as_text=True)
    assert "28 dari 50" in words(browsers(cast.sri).get(f"/pesanan/{order}"))


def test_strangers_readers_and_wrong_days(cast, browsers, lurah):
    with db.transaction():
        truck(cast, 50, 30)
        good = pack_id()
        shortage = declare(cast, 40).id
        path = f"/pesanan/kirim/{on().isoformat()}/{good}/kurang"
    assert browsers(cast.nur).get(f"/kiriman-kurang/{shortage}").status_code == 404
    assert browsers(cast.nur).get(path).status_code == 404
    assert browsers(cast.nur).post(path, {"loaded_packs": "1", "reason": "x"}).status_code in (404, 422)
    assert browsers(lurah).get(f"/kiriman-kurang/{shortage}").status_code == 200
    assert browsers(lurah).get(path).status_code == 403
    assert browsers(lurah).post(path).status_code == 403
    assert browsers(cast.joko).get(f"/pesanan/kirim/kapan/{good}/kurang").status_code == 404
    assert browsers(cast.joko).post(f"/kiriman-kurang/{shortage}").status_code == 405
