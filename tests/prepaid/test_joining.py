"""Residents join by the public link: what they see, what binds them, and how they step back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from market.core import clock, db, messages
from market.core.errors import Conflict, IllegalMove, NotFound, Refused
from market.ledger import chart
from market.prepaid import jobs, queries, services
from tests.prepaid.conftest import PHONE, PRICE_RP, balance, broken, pool_of, share_of, states_of


def join(pool_id: int, shares: int = 2, name: str = "Bu Tini", phone: str = PHONE) -> int:
    with db.transaction():
        return services.join_pool(pool_id, buyer_name=name, phone=phone, shares=shares).id


def take(pools, share_id: int, account: str = "1-1100") -> None:
    with db.transaction():
        services.take_payment(pools.cast.budi, share_id, account)


def leave(share_id: int) -> str:
    token = share_of(share_id).token
    with db.transaction():
        return services.leave_pool(token).state


def page(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


# --- what joining means -----------------------------------------------------------------------------


def test_a_promise_counts_for_nothing_until_it_is_paid(pools):
    pool = pools.open()
    share = join(pool, 15)
    with db.transaction(read_only=True):
        assert queries.paid_shares([pool]) == {}
    assert balance(pools, chart.CUSTOMER_ADVANCES) == 0
    pools.pay(pool, 15, "Pak Budi")
    assert share_of(share).state == "awaiting_payment", "who paid first has the room"
    assert broken() == []


def test_the_counter_takes_the_money_and_the_share_counts(pools):
    pool = pools.open()
    share = join(pool)
    take(pools, share, "1-1200")
    assert (share_of(share).state, share_of(share).account) == ("paid", "1-1200")
    assert balance(pools, chart.CUSTOMER_ADVANCES) == -2 * PRICE_RP
    with pytest.raises(IllegalMove):
        take(pools, share)
    assert broken() == []


def test_the_last_room_goes_to_the_first_who_pays(pools):
    pool = pools.open()
    first, second = join(pool, 10), join(pool, 10, "Bu Siti")
    take(pools, second)
    with pytest.raises(Refused, match="Tinggal 5 bagian"):
        take(pools, first)
    assert states_of(pool) == ["awaiting_payment", "paid"]


def test_a_full_pool_fires_and_lets_go_of_who_did_not_pay(pools):
    pool = pools.open()
    idle, paying = join(pool, 1), join(pool, 15, "Bu Siti")
    take(pools, paying)
    with db.transaction():
        services.settle_pool(pool)
    assert pool_of(pool).state == "fired"
    assert share_of(idle).state == "cancelled"
    assert broken() == []


def test_a_pool_that_only_has_promises_closes_without_a_refund(pools):
    pool = pools.open()
    join(pool)
    pools.close()
    assert (pool_of(pool).state, states_of(pool)) == ("closed", ["cancelled"])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"shares": 16}, "shares"),
        ({"shares": 0}, "shares"),
        ({"phone": "123"}, "phone"),
        ({"name": " "}, "buyer_name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(pools, typed, field):
    with pytest.raises(Refused) as refusal:
        join(pools.open(), **typed)
    assert refusal.value.field == field


def test_one_phone_cannot_fill_the_list_with_promises(pools):
    pool = pools.open()
    for _n in range(services.MAX_OPEN_PER_PHONE):
        join(pool, 1)
    with pytest.raises(Refused):
        join(pool, 1)
    assert join(pool, 1, phone="081298765432")


def test_nobody_joins_what_is_not_open(pools):
    with pytest.raises(NotFound):
        join(pools.propose())
    pool = pools.open()
    clock.travel(to=clock.now() + timedelta(days=8))
    with pytest.raises(Conflict):
        join(pool)


# --- stepping back ----------------------------------------------------------------------------------


def test_a_promise_is_dropped_with_one_tap(pools):
    pool = pools.open()
    assert leave(join(pool)) == "cancelled"


def test_paid_money_comes_back_by_two_persons_while_the_pool_goes_on(pools):
    pool = pools.open()
    leaving, staying = pools.pay(pool, 2), pools.pay(pool, 3, "Bu Siti")
    assert leave(leaving) == "refund_pending"
    pools.refund(pool)
    assert (share_of(leaving).state, share_of(staying).state) == ("refunded", "paid")
    assert pool_of(pool).state == "open"
    assert balance(pools, chart.CUSTOMER_ADVANCES) == -3 * PRICE_RP
    assert broken() == []


def test_who_left_is_paid_back_even_after_the_pool_has_fired(pools):
    pool = pools.open()
    leaving = pools.pay(pool, 2)
    leave(leaving)
    pools.pay(pool, 15, "Bu Siti")
    with db.transaction():
        services.settle_pool(pool)
    assert pool_of(pool).state == "fired"
    with db.transaction(read_only=True):
        gap = queries.cash_gap(pools.cast.makmur.id)
        assert queries.cash_gaps([pools.cast.makmur.id]) == {pools.cast.makmur.id: gap}
        assert gap.advances_rp == 17 * PRICE_RP
    pools.refund(pool)
    assert (pool_of(pool).state, share_of(leaving).state) == ("fired", "refunded")
    assert broken() == []


def test_nobody_steps_back_once_the_goods_are_ordered(pools):
    pool = pools.fired()
    share = queries_first(pool)
    with pytest.raises(Conflict):
        leave(share)
    assert share_of(share).state == "paid"


def queries_first(pool_id: int) -> int:
    with db.transaction(read_only=True):
        return queries.shares_of(pool_id)[0].id


# --- reminders --------------------------------------------------------------------------------------


def test_who_has_not_paid_is_reminded_once_before_the_end(pools):
    pool = pools.open()
    share, paid = join(pool), pools.pay(pool, 1, "Bu Siti")
    with db.transaction():
        assert services.remind_unpaid() == 0, "not a week before"
    clock.travel(to=clock.now() + timedelta(days=6))
    with db.transaction():
        assert services.remind_unpaid() == 1
        assert services.remind_unpaid() == 0
    port = messages.MemoryPort()
    messages.configure(port)
    jobs.on_prepaid_reminder({"share_id": share})
    jobs.on_prepaid_reminder({"share_id": paid})
    (sent,) = port.sent
    assert (sent.to, sent.channel) == ("6281234567890", "whatsapp")
    assert f"/setoran-saya/{share_of(share).token}" in sent.text


# --- pages ------------------------------------------------------------------------------------------


@pytest.fixture
def address(pools):
    def of(pool_id: int) -> str:
        return f"/toko/{pools.cast.makmur.slug}/setor-beli/{pool_id}"

    return of


def test_the_public_page_says_how_far_it_is_and_names_nobody(pools, client, address):
    pool = pools.open()
    pools.pay(pool, 4, "Bu Tini")
    join(pool, 1, "Bu Siti")
    shown = page(client.get(address(pool)))
    for said in ("Kurang 6 bagian lagi", "4 dari paling sedikit 10 bagian", "Rp62.000 per 5 kg", "1 orang"):
        assert said in shown
    for secret in ("Tini", "Siti", "6281234567890"):
        assert secret not in shown


def test_a_shared_link_previews_price_and_what_is_missing(pools, client, address):
    pool = pools.open()
    shown = page(client.get(address(pool)))
    (title,) = re.findall(r'<meta property="og:title" content="([^"]+)"', shown)
    (text,) = re.findall(r'<meta property="og:description" content="([^"]+)"', shown)
    (url,) = re.findall(r'<meta property="og:url" content="([^"]+)"', shown)
    assert title == "Beli bersama: Beras premium"
    assert text.startswith("Rp62.000 per 5 kg di Koperasi Sumber Makmur. Kurang 10 bagian lagi")
    assert url.endswith(address(pool))
    assert "wa.me" in shown


def test_joining_leads_to_the_own_page_and_back_out(pools, client, browsers, address):
    pool = pools.open()
    answer = client.post(f"{address(pool)}/ikut", {"buyer_name": "Bu Tini", "phone": PHONE, "shares": "2"})
    assert answer.status_code == 303
    own = answer.headers["Location"]
    assert "belum dihitung" in page(client.get(own))
    assert client.get(f"{own}/kuitansi.pdf").status_code == 404
    with db.transaction(read_only=True):
        share = queries.shares_of(pool)[0]
    budi = browsers(pools.cast.budi)
    assert "Uang sudah diterima" in page(budi.get(f"/setor-beli/pembeli/{share.id}"))
    taken = budi.post(f"/setor-beli/pembeli/{share.id}/pembayaran", {"account": "1-1100"})
    assert taken.status_code == 303
    assert "Unduh kuitansi" in page(client.get(own))
    assert client.post(f"{own}/pengunduran").status_code == 303
    assert "akan dikembalikan" in page(client.get(own))
    assert "Kembalikan Rp124.000" in page(budi.get(f"/setor-beli/{pool}"))


def test_a_wrong_form_keeps_what_was_typed(pools, client, address):
    answer = client.post(f"{address(pools.open())}/ikut", {"buyer_name": "Bu Tini", "phone": "1"})
    assert answer.status_code == 422
    assert "Bu Tini" in page(answer)


def test_nobody_finds_a_pool_at_another_shop_or_before_it_was_approved(pools, client, address):
    pool, waiting = pools.open(), pools.propose()
    assert client.get(f"/toko/{pools.cast.tetangga.slug}/setor-beli/{pool}").status_code == 404
    assert client.get(address(waiting)).status_code == 404
    assert client.post(f"{address(waiting)}/ikut", {}).status_code == 404
    shown = page(client.get(f"/toko/{pools.cast.makmur.slug}/setor-beli"))
    assert shown.count('data-testid="public-pool"') == 1


def test_only_who_keeps_the_money_takes_it(pools, browsers):
    pool = pools.open()
    share = join(pool)
    path = f"/setor-beli/pembeli/{share}/pembayaran"
    assert browsers(pools.cast.kasir).post(path, {"account": "1-1100"}).status_code == 403
    assert browsers(pools.cast.wati).post(path, {"account": "1-1100"}).status_code in (403, 404)
    assert browsers(pools.cast.budi).post(path, {"account": "x"}).status_code == 422
    assert share_of(share).state == "awaiting_payment"


def test_the_office_sees_who_cannot_pay_and_no_buyer(pools, browsers):
    pool = pools.open()
    pools.pay(pool, 2)
    shown = page(browsers(pools.cast.ratna).get("/papan/kas"))
    assert "Tidak ada kebutuhan tunai" in shown
    pools.pay(pool, 13, "Bu Siti")
    with db.transaction():
        services.settle_pool(pool)
    shown = page(browsers(pools.cast.ratna).get("/papan/kas"))
    assert "Koperasi Sumber Makmur" in shown and "Bu Siti" not in shown
    assert browsers(pools.cast.budi).get("/papan/kas").status_code == 403
