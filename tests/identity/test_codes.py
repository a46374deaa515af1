"""A code on the phone: asked, sent, typed; and what those try who do not hold the phone."""

from __future__ import annotations

import re

import pytest

from market.core import clock, db, jobs, messages
from market.core.errors import Refused
from market.core.permissions import SYSTEM, Role
from market.identity import queries, services
from market.identity.models import Session
from market.identity.models_codes import MAX_TRIES, SignInCode
from market.identity.services import codes
from market.wiring import HANDLERS
from tests import factories

PHONE, HERE = "0812-3456-7890", "203.0.113.7"


@pytest.fixture
def sent(database):
    """What left for phones."""
    port = messages.MemoryPort()
    messages.configure(port, "https://lumbung.example")
    yield port.sent
    messages.configure(messages.MemoryPort())


def ask(phone=PHONE, address=HERE) -> str:
    with db.transaction():
        return codes.ask(phone, address).flow


def code_of(sent) -> str:
    jobs.run_all(HANDLERS)
    return re.search(r"\b(\d{6})\b", sent[-1].text)[1]


def check(flow, code) -> bool:
    with db.transaction():
        return codes.check(flow, code)


def wrong(code) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_makes_an_account_without_a_password(sent):
    flow = ask()
    code = code_of(sent)
    assert sent[-1].to == "6281234567890"
    assert check(flow, code)
    with db.transaction():
        signed = codes.sign_up(flow, "Rina")
        assert signed.user.password_hash is None and signed.user.login == "6281234567890"
        assert services.visit(signed.token).user_id == signed.user.id


def test_the_second_time_the_same_person_comes_in(sent):
    flow = ask()
    check(flow, code_of(sent))
    with db.transaction():
        first = codes.sign_up(flow, "Rina").user.id
    clock.travel(120)
    flow = ask()
    check(flow, code_of(sent))
    with db.transaction():
        assert codes.enter(flow).user.id == first


def test_a_code_is_nowhere_in_clear_and_gone_once_sent(sent):
    ask()
    with db.transaction(read_only=True):
        row = db.session.query(SignInCode).one()
        assert row.sealed and row.code_hash
        payloads = [job.payload for job in db.session.query(jobs.Job)]
    assert payloads == [{"code_id": row.id}]
    code = code_of(sent)
    with db.transaction(read_only=True):
        row = db.session.query(SignInCode).one()
        assert row.sealed == ""
        assert all(code not in str(value) for value in vars(row).values())


def test_five_wrong_tries_and_the_right_code_is_worth_nothing(sent):
    flow = ask()
    code = code_of(sent)
    assert [check(flow, wrong(code)) for _try in range(MAX_TRIES)] == [False] * MAX_TRIES
    assert not check(flow, code)
    with db.transaction(read_only=True):
        assert db.session.query(SignInCode).one().tries == MAX_TRIES


def test_a_code_is_used_once(sent):
    flow = ask()
    code = code_of(sent)
    assert check(flow, code) and not check(flow, code)
    with db.transaction():
        codes.sign_up(flow, "Rina")
    with db.transaction(), pytest.raises(Refused):
        codes.sign_up(flow, "Rina lagi")
    with db.transaction(), pytest.raises(Refused):
        codes.enter(flow)


def test_a_code_of_another_browser_opens_nothing(sent):
    ask()
    code = code_of(sent)
    clock.travel(61)
    other = ask("0813-1111-2222")
    assert not check(other, code)
    assert not check("nothing", code)


def test_five_minutes_later_a_code_is_old(sent):
    flow = ask()
    code = code_of(sent)
    clock.travel(codes.LIFE_S)
    assert not check(flow, code)


def test_a_newer_code_ends_the_older_one(sent):
    first = ask()
    old = code_of(sent)
    clock.travel(61)
    ask()
    assert not check(first, old)


def test_an_unproven_browser_gets_neither_account_nor_session(sent):
    flow = ask()
    for act in (lambda: codes.enter(flow), lambda: codes.sign_up(flow, "Rina")):
        with db.transaction(), pytest.raises(Refused):
            act()


def test_a_proof_grows_old(sent):
    flow = ask()
    check(flow, code_of(sent))
    clock.travel(codes.PROOF_S + 1)
    with db.transaction(), pytest.raises(Refused):
        codes.sign_up(flow, "Rina")


def test_another_code_needs_a_minute_of_patience(sent):
    ask()
    with pytest.raises(Refused) as refusal:
        ask()
    assert refusal.value.field == "phone"
    clock.travel(codes.WAIT_S + 1)
    ask()


def test_one_phone_gets_few_codes_in_an_hour(sent):
    for _n in range(codes.PER_PHONE_HOUR):
        ask()
        clock.travel(61)
    with pytest.raises(Refused, match="terlalu sering"):
        ask(address="198.51.100.1")
    clock.travel(3600)
    ask()


def test_many_phones_from_one_address_come_to_an_end(sent):
    for n in range(codes.PER_ADDRESS_HOUR):
        ask(f"0812000{n:05d}")
    with pytest.raises(Refused, match="dari sini"):
        ask("081299999999")
    ask("081299999999", "198.51.100.1")


def test_one_home_has_one_address_however_many_it_is_given(sent):
    same = {codes.fingerprint(f"2001:db8:1:2::{n:x}") for n in range(1, 20)}
    assert len(same) == 1 and codes.fingerprint("2001:db8:1:3::1") not in same
    assert codes.fingerprint("::ffff:203.0.113.7") == codes.fingerprint("203.0.113.7")


def test_a_code_opens_no_seat_that_needs_a_password(sent):
    """A stolen SIM card must not open a cooperative's till."""
    with db.transaction():
        makmur = factories.cooperative()
        treasurer = factories.user("Budi", phone="6281234567890")
        services.grant_role(SYSTEM, treasurer.id, makmur.id, Role.TREASURER)
    flow = ask()
    check(flow, code_of(sent))
    with db.transaction(), pytest.raises(Refused, match="kata sandi"):
        codes.enter(flow)


def test_who_sells_and_keeps_the_till_enters_by_code_as_a_seller_alone(sent):
    with db.transaction():
        makmur = factories.cooperative()
        budi = factories.user("Budi", phone="6281234567890")
        till = services.grant_role(SYSTEM, budi.id, makmur.id, Role.TREASURER)
        services.grant_role(SYSTEM, budi.id, factories.seller(makmur).id, Role.SELLER_OWNER)
    flow = ask()
    check(flow, code_of(sent))
    with db.transaction():
        token = codes.enter(flow).token
        services.switch_role(budi.id, token, till.id)
        visit = services.visit(token)
        assert [seat.role for seat in visit.seats] == [Role.SELLER_OWNER]
        assert visit.actor.role == Role.SELLER_OWNER


def test_a_seat_on_the_board_brings_a_password_to_an_account_without(sent):
    flow = ask()
    check(flow, code_of(sent))
    with db.transaction():
        codes.sign_up(flow, "Rina")
        chair = factories.actor(Role.CHAIR, factories.cooperative())
        password = services.invite(chair, "Rina", "6281234567890", "cashier")
        assert services.check_password("6281234567890", password) is not None


def test_a_gateway_that_is_away_is_asked_again_and_a_final_no_is_shown(sent, monkeypatch):
    def fails(temporary):
        def send(_message):
            raise messages.DeliveryFailed("gateway said 503", temporary=temporary)

        return send

    flow = ask()
    monkeypatch.setattr(messages, "send", fails(True))
    jobs.run_all(HANDLERS)
    with db.transaction(read_only=True):
        assert db.session.query(jobs.Job).one().state == "waiting"
        assert not codes.waiting(flow).unsent and db.session.query(SignInCode).one().sealed
    clock.travel(6)
    monkeypatch.setattr(messages, "send", fails(False))
    jobs.run_all(HANDLERS)
    with db.transaction(read_only=True):
        assert codes.waiting(flow).unsent and not db.session.query(SignInCode).one().sealed


def test_a_day_later_nothing_is_left_of_a_request(sent):
    ask()
    clock.travel(codes.KEPT_S + 1)
    with db.transaction():
        assert codes.prune() == 1
        assert queries.user_with_phone("6281234567890") is None


def test_without_a_way_to_phones_nothing_is_promised(database):
    messages.configure(messages.MemoryPort(), phones=None)
    with pytest.raises(Refused, match="belum tersedia"):
        ask()


# --- through the pages -----------------------------------------------------------------------------


def pages(client, answers) -> list[tuple[int, str]]:
    return [(a.status_code, a.location) for a in answers]


def test_the_answer_is_the_same_for_a_known_and_an_unknown_number(client, cast, sent):
    with db.transaction():
        factories.user("Rina", phone="6281234567890")
    known = client.post("/masuk/hp", {"phone": "0812-3456-7890"})
    seen = client.get("/masuk/kode").get_data(as_text=True).replace("0812-3456-7890", "N")
    new = client.post("/masuk/hp", {"phone": "0813-3456-7890"})
    other = client.get("/masuk/kode").get_data(as_text=True).replace("0813-3456-7890", "N")
    assert (known.status_code, known.location) == (new.status_code, new.location)
    plain = [re.sub(r'value="[^"]*"', "", page) for page in (seen, other)]
    assert plain[0] == plain[1]


def test_signing_up_by_the_pages_starts_a_fresh_session(client, cast, sent):
    client.get("/masuk/hp?next=/toko/x")
    client.post("/masuk/hp", {"phone": PHONE, "next": "/kartu-anggota"})
    code = code_of(sent)
    before = client.client.get_cookie("lumbung").value
    assert client.post("/masuk/kode", {"code": f"{code[:3]} {code[3:]}"}).location == "/daftar"
    done = client.post("/daftar", {"name": "Rina"})
    assert (done.status_code, done.location) == (303, "/kartu-anggota")
    assert client.get("/kartu-anggota").status_code == 200
    client.client.set_cookie("lumbung", before)
    assert client.get("/kartu-anggota").status_code == 303, "the stranger's cookie is worth nothing"
    with db.transaction(read_only=True):
        assert db.session.query(Session).one().by_code


def test_wrong_tries_by_the_page_are_counted_and_end(client, cast, sent):
    client.post("/masuk/hp", {"phone": PHONE})
    code = code_of(sent)
    for _try in range(MAX_TRIES):
        answer = client.post("/masuk/kode", {"code": wrong(code)})
        assert (answer.status_code, answer.location) == (303, "/masuk/kode")
    assert client.post("/masuk/kode", {"code": code}).location == "/masuk/kode"
    assert "tidak berlaku" in client.get("/masuk/kode").get_data(as_text=True)


def test_the_field_of_the_code_is_filled_by_the_phone_itself(client, cast, sent):
    client.post("/masuk/hp", {"phone": PHONE})
    page = client.get("/masuk/kode").get_data(as_text=True)
    assert 'autocomplete="one-time-code"' in page and 'inputmode="numeric"' in page


def test_sign_up_leads_nowhere_else(client, cast, sent):
    client.post("/masuk/hp", {"phone": PHONE, "next": "//evil.example"})
    client.post("/masuk/kode", {"code": code_of(sent)})
    assert client.post("/daftar", {"name": "Rina"}).location == "/mulai?masuk=1"
