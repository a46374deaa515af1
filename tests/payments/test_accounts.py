"""Who takes money over the internet: entered by one, approved by another, keys that nobody reads again."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Forbidden, IllegalMove, Refused
from market.payments import doors, queries, services
from market.payments.types import Provider
from tests.payments.conftest import Desk
from tests.payments.scripted import ScriptedGateway

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
    new = enter(desk)
    assert now_in_use(desk) == desk.account_id
    decide(desk, new)
    assert now_in_use(desk) == new
    with db.transaction(read_only=True):
        older, newer = queries.account_by_id(desk.account_id), queries.account_by_id(new)
        assert (older.state, newer.state, newer.production) == ("ended", "active", False)
        account = doors.account_of(newer)
        assert [key.reveal() for key in account.server_keys] == [KEY]
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


NEW_KEY = "SB-Mid-server-percobaan-baru"


def second_key(desk: Desk, account_id: int = 0, key: str = NEW_KEY, who=None) -> int:
    with db.transaction():
        account = account_id or desk.account_id
        return services.propose_key(who or desk.cast.budi, account, server_key=key).id


def believed(desk: Desk, account_id: int) -> list[str]:
    """The keys with which what was begun with this row is read and asked about, first one first."""
    seen: list[str] = []

    def opener(account):
        seen[:] = [key.reveal() for key in account.server_keys]
        return ScriptedGateway(desk.bank, account)

    doors.configure({Provider.MIDTRANS: opener})
    with db.transaction(read_only=True):
        row = queries.account_by_id(account_id)
        doors.gateway_of(row, queries.rows_of_merchant(row))
    return seen


def test_two_keys_are_believed_while_one_replaces_the_other(desk: Desk):
    new = second_key(desk)
    assert now_in_use(desk) == desk.account_id, "nothing changes before the second person's yes"
    decide(desk, new)
    assert now_in_use(desk) == new
    for row in (desk.account_id, new):
        assert believed(desk, row) == [NEW_KEY, "SB-Mid-server-SIM"]
    clock.travel(to=clock.now() + timedelta(days=7, minutes=1))
    for row in (desk.account_id, new):
        assert believed(desk, row) == [NEW_KEY]


def test_the_old_key_can_be_ended_at_once_and_only_once(desk: Desk):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    decide(desk, new := second_key(desk))
    with pytest.raises(Forbidden), db.transaction():
        services.end_keys(desk.cast.budi, desk.account_id)
    with db.transaction():
        services.end_keys(desk.cast.hadi, desk.account_id)
    with pytest.raises(Conflict), db.transaction():
        services.end_keys(desk.cast.hadi, desk.account_id)
    with pytest.raises(Conflict), db.transaction():
        services.end_keys(desk.cast.hadi, new)
    assert believed(desk, desk.account_id) == [NEW_KEY]
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.wait(60)
    assert desk.payment(payment).state == "paid", "begun with the old key, followed with the new"


def test_the_rest_of_an_account_stays_when_its_key_changes(desk: Desk):
    decide(desk, full := enter(desk, payout_maker_key="IRIS-pembuat-0001"))
    decide(desk, new := second_key(desk, full))
    with db.transaction(read_only=True):
        account = doors.account_of(queries.account_by_id(new))
    assert account.payout_maker_key.reveal() == "IRIS-pembuat-0001"
    assert (account.merchant_id, account.server_keys[0].reveal()) == ("G987654321", NEW_KEY)


def test_an_account_that_ended_without_a_new_key_keeps_its_own(desk: Desk):
    with db.transaction():
        services.end_account(desk.cast.hadi, desk.account_id)
    with pytest.raises(Refused), db.transaction():
        services.end_keys(desk.cast.hadi, desk.account_id)
    assert believed(desk, desk.account_id) == ["SB-Mid-server-SIM"]
    with pytest.raises(Conflict):
        second_key(desk)


@pytest.mark.parametrize("key", ["SB-Mid-server-SIM", "Mid-server-sungguhan-0001", "Mid-client-bukan-kunci"])
def test_a_second_key_that_cannot_be_right_is_refused(desk: Desk, key: str):
    with pytest.raises(Refused) as refusal:
        second_key(desk, key=key)
    assert refusal.value.field == "server_key"


def test_the_page_adds_a_second_key_and_ends_the_first(desk: Desk, browsers, caplog):
    caplog.set_level(logging.DEBUG)
    budi, hadi = browsers(desk.cast.budi), browsers(desk.cast.hadi)
    page = f"/uang-masuk/akun/{desk.account_id}/kunci"
    assert 'data-testid="key-form"' in budi.get("/uang-masuk/akun").get_data(as_text=True)
    bad = budi.post(page, {"server_key": "salah"})
    assert bad.status_code == 422
    assert budi.post(page, {"server_key": NEW_KEY}).status_code == 303
    with db.transaction(read_only=True):
        new = queries.accounts_of(desk.cast.makmur.id)[0].id
    assert hadi.post(f"/uang-masuk/akun/{new}/persetujuan").status_code == 303
    shown = hadi.get("/uang-masuk/akun").get_data(as_text=True)
    assert "Kuncinya dipercaya sampai" in shown and 'data-testid="end-keys"' in shown
    assert browsers(desk.cast.wati).post(f"{page}/akhir").status_code in (403, 404)
    assert hadi.post(f"{page}/akhir").status_code == 303
    ended = hadi.get("/uang-masuk/akun").get_data(as_text=True)
    assert "Kuncinya diakhiri" in ended and 'data-testid="end-keys"' not in ended
    for text in (bad.get_data(as_text=True), shown, ended, caplog.text):
        assert NEW_KEY not in text and "SB-Mid-server-SIM" not in text


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
