"""Claims: a deadline for the supplier, words of both sides, the office when nobody answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core import clock, db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.parameters import set_value
from market.core.permissions import Role
from market.notices.models import Notice
from market.purchasing import queries, services
from market.purchasing.models import Claim
from market.purchasing.services.answering import ANSWER_DAYS, answer_by
from tests import factories
from tests.purchasing.conftest import (
    PRICE_RP,
    bill,
    books_agree,
    freight,
    goods,
    issue,
    pay,
    receive,
    words,
)

DAY_S = 86_400


@pytest.fixture
def short(cast, open_transaction):
    """46 of 48 sacks were good; the claim over the others."""
    order = issue(cast, goods(), freight())
    receive(cast, order, 46, 2, "broken")
    return queries.claims_of(order.id)[0]


@pytest.fixture
def claimed(cast, order):
    """The same, committed; its id."""
    with db.transaction():
        receive(cast, queries.order(order), 46, 2, "broken")
        return queries.claims_of(order)[0].id


def promise(cast, claim, days: int = 2):
    on = clock.today() + timedelta(days=days)
    return services.answer_claim(cast.joko, claim.id, "replacement", "besok dikirim", on)


# --- the deadline -----------------------------------------------------------------------------------


@given(st.integers(0, 4 * 366 * 24), st.integers(1, 14))
def test_the_deadline_leaves_as_many_working_days_and_ends_at_midnight(hours, days):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    end = answer_by(now, days)
    today, last = clock.wib(now).date(), clock.wib(end).date()
    between = [today + timedelta(days=n) for n in range(1, (last - today).days)]
    assert sum(day.weekday() < 5 for day in between) == days
    assert (clock.wib(end).hour, clock.wib(end).minute) == (0, 0)


def test_a_rejection_opens_a_claim_that_the_supplier_has_two_working_days_to_answer(cast, short):
    assert (short.state, short.answer_by_at) == ("open", answer_by(clock.now(), 2))
    told = db.session.query(Notice).filter_by(kind="claim", link=f"/klaim/{short.id}").all()
    assert {each.organization_id for each in told} == {cast.lamongan.id}


def test_a_cooperative_sets_its_own_deadline_from_a_day_on(cast, open_transaction):
    set_value(cast.hadi, ANSWER_DAYS, 5, clock.today(), "keputusan pengurus")
    order = issue(cast)
    receive(cast, order, 46, 2, "broken")
    assert queries.claims_of(order.id)[0].answer_by_at == answer_by(clock.now(), 5)


# --- the supplier's answer --------------------------------------------------------------------------


def test_a_promised_replacement_ends_the_claim_when_it_comes(cast, short):
    assert promise(cast, short).state == "promised"
    assert short.promised_on == clock.today() + timedelta(days=2)
    receive(cast, queries.order(short.order_id), 2)
    assert short.state == "replaced"


def test_what_is_not_replaced_is_neither_awaited_nor_billed(cast, short):
    services.answer_claim(cast.joko, short.id, "no_replacement")
    lines = queries.lines_of(short.order_id)
    assert short.state == "cancelled_rest"
    assert [line.open_packs for line in lines] == [0, 0], "goods and their freight"
    assert services.billable_rp(lines) == 46 * (PRICE_RP + 2_500)
    order = queries.order(short.order_id)
    pay(cast, bill(cast, order, 46 * (PRICE_RP + 2_500)))
    assert order.state == "closed" and books_agree(cast)


def test_a_supplier_that_replaces_nothing_of_an_order_of_nothing_ends_it(cast, open_transaction):
    order = issue(cast)
    receive(cast, order, 0, 48, "wrong_grade")
    (claim,) = queries.claims_of(order.id)
    services.answer_claim(cast.joko, claim.id, "no_replacement")
    assert order.state == "cancelled"


def test_a_refusal_says_why_and_leaves_the_claim_alive(cast, short):
    with pytest.raises(Refused, match="alasan"):
        services.answer_claim(cast.joko, short.id, "refused", " ")
    services.answer_claim(cast.joko, short.id, "refused", "robek di gudang pembeli")
    assert short.state == "refused" and short.live
    assert queries.messages_of(short.id)[0][0].text == "robek di gudang pembeli"
    services.settle_claim(cast.sri, short.id, "dropped", "salah kami")
    assert short.state == "dropped"


@pytest.mark.parametrize(
    ("answer", "days", "field"),
    [("replacement", None, "promised_on"), ("replacement", -1, "promised_on"), ("gift", 1, "answer")],
)
def test_an_answer_that_lacks_something_is_refused(cast, short, answer, days, field):
    on = None if days is None else clock.today() + timedelta(days=days)
    with pytest.raises(Refused) as refusal:
        services.answer_claim(cast.joko, short.id, answer, "x", on)
    assert refusal.value.field == field and short.state == "open"


def test_a_claim_that_is_over_is_not_answered(cast, short):
    services.settle_claim(cast.sri, short.id, "dropped", "salah catat")
    with pytest.raises(Refused, match="selesai"):
        promise(cast, short)
    with pytest.raises(Refused, match="selesai"):
        services.settle_claim(cast.sri, short.id, "dropped", "lagi")


# --- silence ----------------------------------------------------------------------------------------


def test_silence_brings_the_claim_to_the_office(cast, short):
    assert services.escalate_claims() == 0, "there is time"
    clock.travel(to=short.answer_by_at)
    assert services.escalate_claims() == 1
    assert (short.state, services.escalate_claims()) == ("escalated", 0)
    told = db.session.query(Notice).filter_by(kind="claim")
    assert cast.dinas.id in {each.organization_id for each in told}
    promise(cast, short)
    assert short.state == "promised", "an answer is never too late"


def test_a_promise_whose_day_is_over_goes_to_the_office_too(cast, short):
    promise(cast, short, days=10)
    clock.travel(10 * DAY_S)
    assert services.escalate_claims() == 0, "today it may still come"
    clock.travel(11 * DAY_S)
    assert services.escalate_claims() == 1


def test_the_office_sees_what_came_to_it_and_nothing_else(cast, short):
    with pytest.raises(NotFound):
        queries.claim_seen(cast.ratna, short.id)
    clock.travel(to=short.answer_by_at)
    services.escalate_claims()
    assert queries.claim_seen(cast.ratna, short.id)[0] is short
    services.write_message(cast.ratna, short.id, "Mohon dijawab hari ini.")
    assert [row[0].id for row in queries.claims_seen(cast.ratna, live=True)] == [short.id]


# --- words ------------------------------------------------------------------------------------------


def test_both_sides_write_and_the_other_is_told(cast, short):
    services.write_message(cast.sri, short.id, "Dua sak robek.")
    services.write_message(cast.joko, short.id, "Kami periksa.")
    assert [(m.text, side) for m, side, _who in queries.messages_of(short.id)] == [
        ("Dua sak robek.", cast.makmur.name),
        ("Kami periksa.", cast.lamongan.name),
    ]
    with pytest.raises(Refused, match="pesannya"):
        services.write_message(cast.sri, short.id, " ")


def test_strangers_find_no_claim_and_readers_write_nothing(cast, short):
    lurah = factories.actor(Role.LURAH, cast.makmur, "Lurah", "lurah")
    for who in (cast.wati, cast.nur):
        with pytest.raises(NotFound):
            services.write_message(who, short.id, "x")
    with pytest.raises(NotFound):
        services.answer_claim(cast.nur, short.id, "refused", "x")
    with pytest.raises(Forbidden):
        services.answer_claim(cast.sri, short.id, "refused", "x")
    with pytest.raises(Forbidden):
        services.write_message(lurah, short.id, "x")


# --- pages ------------------------------------------------------------------------------------------


def test_the_claim_walks_through_the_pages_of_both_sides(cast, browsers, claimed):
    sri, joko = browsers(cast.sri), browsers(cast.joko)
    page = words(joko.get("/klaim"))
    assert "Koperasi Sumber Makmur" in page and "dijawab sebelum" in page
    assert "Jawab klaim ini" not in words(sri.get(f"/klaim/{claimed}")), "the buyer answers nothing"
    assert sri.post(f"/klaim/{claimed}/pesan", {"message": "Dua sak robek."}).status_code == 303
    assert "Dua sak robek." in words(joko.get(f"/klaim/{claimed}"))
    assert joko.post(f"/klaim/{claimed}/jawaban", {"answer": "replacement"}).status_code == 422
    on = (clock.today() + timedelta(days=1)).isoformat()
    typed = {"answer": "replacement", "promised_on": on, "words": "besok"}
    assert joko.post(f"/klaim/{claimed}/jawaban", typed).status_code == 303
    assert "Pengganti dijanjikan" in words(sri.get(f"/klaim/{claimed}"))
    assert joko.post(f"/klaim/{claimed}/pesan", {"message": ""}).status_code == 422


def test_who_may_not_is_told_so(cast, browsers, claimed, lurah):
    for who in (cast.wati, cast.nur, cast.ratna):
        assert browsers(who).get(f"/klaim/{claimed}").status_code == 404
        assert browsers(who).post(f"/klaim/{claimed}/pesan", {"message": "x"}).status_code == 404
    assert browsers(cast.nur).post(f"/klaim/{claimed}/jawaban", {"answer": "refused"}).status_code == 404
    reader = browsers(lurah)
    assert reader.get(f"/klaim/{claimed}").status_code == reader.get("/klaim").status_code == 200
    assert reader.post(f"/klaim/{claimed}/pesan", {"message": "x"}).status_code == 403
    assert browsers(cast.sri).post(f"/klaim/{claimed}/jawaban", {"answer": "refused"}).status_code == 403
    assert browsers(cast.sri).post(f"/klaim/{claimed}").status_code == 405
    with db.transaction(read_only=True):
        assert db.session.get_one(Claim, claimed).state == "open"


def test_the_office_reads_what_came_to_it(cast, browsers, claimed):
    with db.transaction():
        clock.travel(7 * DAY_S)
        services.escalate_claims()
    page = words(browsers(cast.ratna).get("/klaim"))
    assert "Sampai ke dinas" in page
    assert browsers(cast.ratna).get(f"/klaim/{claimed}").status_code == 200
