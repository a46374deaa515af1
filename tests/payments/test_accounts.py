"""Who takes money over the internet: entered by one, approved by another, keys that nobody reads again."""

from __future__ import annotations

import logging

import pytest

from market.core import db
from market.core.errors import Conflict, Forbidden, IllegalMove, Refused
from market.payments import doors, queries, services
from tests.payments.conftest import Desk

KEY = "SB-Mid-server-percobaan-0001"


def enter(desk: Desk, who=None, **changes: object) -> int:
    given = {"provider": "midtrans", "merchant_id": "G987654321", "server_key": KEY, **changes}
    with db.transaction():
        return services.propose_account(who or desk.cast.budi, **given).id  # type: ignore[arg-type]


def decide(desk: Desk, account_id: int, who=None, approve: bool = True, reason: str = "") -> None:
    with db.transaction():
        services.decide_account(who or desk.cast.hadi, account_id, approve, reason)


def now_in_use(desk: Desk) -> int:
    with db.transaction(read_only=True):
        account = queries.account_now(desk.cast.makmur.id)
        return account.id if account else 0


def test_two_people_put_an_account_into_use_and_the_older_one_ends(desk: Desk):
    new = enter(desk, old_key="SB-Mid-server-percobaan-0000")
    assert now_in_use(desk) == desk.account_id
    decide(desk, new)
    assert now_in_use(desk) == new
    with db.transaction(read_only=True):
        older, newer = queries.account_by_id(desk.account_id), queries.account_by_id(new)
        assert (older.state, newer.state, newer.production) == ("ended", "active", False)
        account = doors.account_of(newer)
        assert [key.reveal() for key in account.server_keys] == [KEY, "SB-Mid-server-percobaan-0000"]
        assert KEY not in newer.keys
    desk.books_are_true()


def test_what_was_begun_with_the_older_account_is_followed_to_its_end(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    decide(desk, enter(desk))
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.wait(60)
    assert desk.payment(payment).state == "paid"


def test_nobody_approves_their_own_and_only_some_may(desk: Desk):
    with pytest.raises(Forbidden):
        enter(desk, desk.cast.kasir)
    new = enter(desk)
    for who in (desk.cast.budi, desk.cast.sri):
        with pytest.raises((Forbidden, Refused)):
            decide(desk, new, who)
    assert now_in_use(desk) == desk.account_id


def test_a_no_needs_a_reason_and_leaves_the_older_one(desk: Desk):
    new = enter(desk)
    with pytest.raises(Refused):
        decide(desk, new, approve=False)
    decide(desk, new, approve=False, reason="kunci salah")
    assert now_in_use(desk) == desk.account_id
    enter(desk)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("server_key", {"server_key": "Mid-client-kunci-salah-12"}),
        ("server_key", {"server_key": "SB-Mid-server-ada spasi"}),
        ("merchant_id", {"merchant_id": "G 1"}),
        ("webhook_key", {"provider": "stripe", "server_key": "sk_test_0123456789"}),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(desk: Desk, field: str, changes: dict[str, object]):
    with pytest.raises(Refused) as refusal:
        enter(desk, **changes)
    assert refusal.value.field == field


def test_the_key_says_whether_money_is_real(desk: Desk):
    new = enter(desk, server_key="Mid-server-sungguhan-0001")
    with db.transaction(read_only=True):
        assert queries.account_by_id(new).production


def test_one_waits_at_a_time(desk: Desk):
    enter(desk)
    with pytest.raises(Conflict):
        enter(desk)


def test_an_ended_account_takes_nothing_new(desk: Desk):
    with db.transaction():
        services.end_account(desk.cast.hadi, desk.account_id)
    with pytest.raises(Refused):
        desk.ask()
    with pytest.raises(IllegalMove), db.transaction():
        services.end_account(desk.cast.hadi, desk.account_id)


def test_the_page_enters_and_approves_and_shows_no_key(desk: Desk, browsers, caplog):
    caplog.set_level(logging.DEBUG)
    typed = {"provider": "midtrans", "merchant_id": "G987654321", "server_key": KEY}
    budi, hadi = browsers(desk.cast.budi), browsers(desk.cast.hadi)
    bad = budi.post("/uang-masuk/akun", {**typed, "server_key": "salah"})
    assert bad.status_code == 422 and "G987654321" in bad.get_data(as_text=True)
    assert budi.post("/uang-masuk/akun", typed).status_code == 303
    page = hadi.get("/uang-masuk/akun").get_data(as_text=True)
    assert 'data-testid="approve-account"' in page and "percobaan" in page
    assert 'data-testid="approve-account"' not in budi.get("/uang-masuk/akun").get_data(as_text=True)
    with db.transaction(read_only=True):
        new = queries.accounts_of(desk.cast.makmur.id)[0].id
    assert hadi.post(f"/uang-masuk/akun/{new}/persetujuan").status_code == 303
    assert now_in_use(desk) == new
    for text in (page, hadi.get("/uang-masuk/akun").get_data(as_text=True), caplog.text):
        assert KEY not in text
    assert browsers(desk.cast.wati).post(f"/uang-masuk/akun/{new}/akhir").status_code in (403, 404)
