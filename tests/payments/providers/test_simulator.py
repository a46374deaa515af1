"""The simulation is as strict as the real one: refusals in order, moves, five-minute keys, clock, ids."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests

from market.payments.simulator import acts, passing
from market.payments.simulator.charges import Refuse
from market.payments.simulator.records import Transaction
from market.payments.simulator.running import Server
from market.payments.simulator.settings import Merchant, Settings
from market.payments.simulator.world import Clock, World
from market.payments.types import Method, Provider, Secret, Status
from tests.payments.providers.conftest import KEYS, MERCHANT_ID, START, Shop, Side, merchant

KEY = KEYS[Provider.MIDTRANS]
STATES = ["pending", "settlement", "cancel", "expire", "deny", "refund", "partial_refund", "chargeback"]


def post(server: Server, body: Any, path: str = "/v2/charge", **headers: str) -> requests.Response:
    given: dict[str, Any] = {"json": body} if not isinstance(body, bytes) else {"data": body}
    plain = {"Accept": "application/json", "Content-Type": "application/json"}
    return requests.post(
        f"{server.url}{path}", auth=(KEY, ""), headers={**plain, **headers}, timeout=20, **given
    )


def charge(**changes: Any) -> dict[str, Any]:
    """A good charge with one thing changed; `details__x` reaches into the details, None takes away."""
    body: dict[str, Any] = {
        "payment_type": "qris",
        "transaction_details": {"order_id": "LB-1", "gross_amount": 275_000},
        "item_details": [{"name": "Beras", "price": 275_000, "quantity": 1}],
    }
    for name, value in changes.items():
        place = body["transaction_details"] if name.startswith("details__") else body
        name = name.removeprefix("details__")
        place[name] = value
    return {name: value for name, value in body.items() if value is not None}


WRONG = {
    "no method": (charge(payment_type=None), 400),
    "an unknown method": (charge(payment_type="kartu"), 400),
    "no details": (charge(transaction_details=None), 400),
    "a fraction": (charge(details__gross_amount=275_000.5), 400),
    "a text": (charge(details__gross_amount="275000"), 400),
    "true": (charge(details__gross_amount=True), 400),
    "nothing": (charge(details__gross_amount=0, item_details=None), 400),
    "more than QRIS takes": (charge(details__gross_amount=10_000_001, item_details=None), 400),
    "an order id with a slash": (charge(details__order_id="a/b"), 400),
    "an order id of 51": (charge(details__order_id="x" * 51), 400),
    "no order id": (charge(details__order_id=None), 400),
    "items that do not add up": (
        charge(item_details=[{"name": "Beras", "price": 275_000, "quantity": 2}]),
        400,
    ),
    "an item without a name": (charge(item_details=[{"name": "", "price": 275_000, "quantity": 1}]), 400),
    "an item with 51 letters": (
        charge(item_details=[{"name": "x" * 51, "price": 275_000, "quantity": 1}]),
        400,
    ),
    "a second too few": (charge(custom_expiry={"expiry_duration": 19, "unit": "second"}), 400),
    "eight days": (charge(custom_expiry={"expiry_duration": 8, "unit": "day"}), 400),
    "a fortnight": (charge(custom_expiry={"expiry_duration": 1, "unit": "fortnight"}), 400),
    "a strange time": (charge(custom_expiry={"expiry_duration": 5, "order_time": "kemarin"}), 400),
    "a time long ago": (
        charge(custom_expiry={"expiry_duration": 5, "order_time": "2026-11-21 12:00:00 +0700"}),
        400,
    ),
    "an unknown bank": (charge(payment_type="bank_transfer", bank_transfer={"bank": "x"}), 400),
    "no bank": (charge(payment_type="bank_transfer"), 400),
    "an unknown store": (charge(payment_type="cstore", cstore={"store": "warung"}), 400),
    "a bill without words": (charge(payment_type="echannel", echannel={"bill_info1": "x"}), 400),
    "an unknown acquirer": (charge(qris={"acquirer": "bank"}), 400),
    "null": (b"null", 500),
    "no JSON": (b"{", 413),
    "a list": (b"[]", 500),
    "far too much": (b" " * 17_000 + b"{}", 413),
}


@pytest.mark.parametrize(("body", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_charge_is_refused_and_leaves_nothing(simulator, body, code):
    answer = post(simulator, body)
    assert answer.json()["status_code"] == str(code)
    assert answer.status_code == (code if code >= 500 else 200)
    assert simulator.world.transactions == {}


def test_who_asks_is_checked_before_what_is_asked(simulator):
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    answer = requests.post(f"{simulator.url}/v2/charge", data=b"{", headers=headers, timeout=20)
    assert (answer.status_code, answer.json()["status_code"]) == (401, "401")


def test_another_content_type_is_refused_first(simulator):
    answer = post(simulator, b"{", **{"Content-Type": "text/plain"})
    assert answer.json()["status_code"] == "403"
    assert post(simulator, charge(), Accept="text/html").json()["status_code"] == "403"


@pytest.mark.parametrize("status", STATES)
def test_an_order_id_is_free_again_only_after_a_dead_end(simulator, status):
    post(simulator, charge())
    next(iter(simulator.world.transactions.values())).status = status
    free = status in ("cancel", "expire", "deny")
    assert post(simulator, charge()).json()["status_code"] == ("201" if free else "406")


def test_a_method_that_is_switched_off_is_refused(shop):
    settings = Settings((merchant(),), base_url="http://127.0.0.1:0", disabled=frozenset({"qris"}))
    server = Server(settings, deliver=shop.deliver, clock=Clock(START), poll_s=0.02).start()
    try:
        assert post(server, charge()).json()["status_code"] == "402"
    finally:
        server.stop()


def test_unknown_addresses_and_methods_are_json(simulator):
    gone = requests.get(f"{simulator.url}/v3/x", timeout=20)
    wrong = requests.get(f"{simulator.url}/v2/charge", timeout=20)
    assert (gone.status_code, gone.json()["status_code"]) == (404, "404")
    assert (wrong.status_code, wrong.json()["status_code"]) == (405, "405")


# Keys of five minutes


def test_a_key_brings_back_the_first_answer_whatever_is_asked(simulator):
    first = post(simulator, charge(), **{"Idempotency-Key": "k"}).json()
    other = charge(details__order_id="LB-2")
    assert post(simulator, other, **{"Idempotency-Key": "k"}).json() == first
    assert len(simulator.world.transactions) == 1


def test_a_key_is_forgotten_after_five_minutes(simulator):
    post(simulator, charge(), **{"Idempotency-Key": "k"})
    passing.advance(simulator.world, 301)
    assert post(simulator, charge(), **{"Idempotency-Key": "k"}).json()["status_code"] == "406"


def test_a_key_that_is_too_long_counts_for_nothing(simulator):
    post(simulator, charge(), **{"Idempotency-Key": "k" * 47})
    assert post(simulator, charge(), **{"Idempotency-Key": "k" * 47}).json()["status_code"] == "406"


@pytest.mark.parametrize("kind", ["permata", "indomaret"])
def test_some_methods_keep_no_key(simulator, kind):
    body = {
        "permata": charge(payment_type="permata"),
        "indomaret": charge(payment_type="cstore", cstore={"store": "indomaret"}),
    }[kind]
    post(simulator, body, **{"Idempotency-Key": "k"})
    assert post(simulator, body, **{"Idempotency-Key": "k"}).json()["status_code"] == "406"


def test_a_refusal_is_not_kept_under_its_key(simulator):
    post(simulator, charge(details__gross_amount=0), **{"Idempotency-Key": "k"})
    assert post(simulator, charge(), **{"Idempotency-Key": "k"}).json()["status_code"] == "201"


# Moves


def world_of(status: str, kind: str = "qris", **more: Any) -> tuple[World, Transaction]:
    world = World(Settings((merchant(),)), Shop().deliver, Clock(START))
    now = world.clock.now()
    made = Transaction("t-1", MERCHANT_ID, "LB-1", kind, 275_000, now, now + 900, status=status, **more)
    world.add(made)
    return world, made


ACTS = {
    "settlement": lambda world, made: acts.pay(world, made),
    "cancel": acts.cancel,
    "expire": acts.expire,
    "deny": lambda world, made: acts.move(world, made, "deny"),
    "refund": lambda world, made: acts.refund(world, made, {"refund_key": "R"}),
    "chargeback": acts.dispute,
}


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_every_move_is_in_the_table_or_refused(status, act):
    world, made = world_of(status)
    if act in acts.MOVES.get(status, ()):
        ACTS[act](world, made)
        assert made.status == act
    else:
        with pytest.raises(Refuse) as caught:
            ACTS[act](world, made)
        assert (caught.value.code, made.status) == (412, status)


@pytest.mark.parametrize(
    ("kind", "shown", "possible"),
    [
        ("qris", {}, False),
        ("bank_transfer", {"va_numbers": [{"bank": "bca"}]}, False),
        ("bank_transfer", {"permata_va_number": "1"}, True),
        ("echannel", {}, True),
        ("cstore", {"store": "indomaret"}, True),
        ("cstore", {"store": "alfamart"}, False),
    ],
)
def test_only_some_methods_take_settled_money_back(kind, shown, possible):
    world, made = world_of("settlement", kind, shown=shown)
    if possible:
        acts.reverse(world, made)
        assert made.status == "deny"
    else:
        with pytest.raises(Refuse):
            acts.reverse(world, made)


def test_money_that_is_taken_back_is_told_apart_from_a_refusal(midtrans: Side, simulator):
    paid = midtrans.paid(Method.VA_PERMATA)
    with simulator.world.lock:
        acts.reverse(simulator.world, simulator.world.transactions[paid.ref.provider_id])
    found = midtrans.gateway.get_payment(paid.ref)
    assert (found.status, found.reversed, found.amount_received_rp) == (Status.SUCCEEDED, True, 0)


# Time


def test_a_payment_expires_a_while_after_its_time(midtrans: Side, simulator, shop):
    made = midtrans.create()
    passing.advance(simulator.world, 900 + 59)
    assert midtrans.gateway.get_payment(made.ref).status is Status.REQUIRES_ACTION
    passing.advance(simulator.world, 1)
    found = midtrans.gateway.get_payment(made.ref)
    assert (found.status, found.cancel_reason) == (Status.CANCELED, "expired")
    assert b'"transaction_status": "expire"' in shop.came[-1][1]


def test_nobody_pays_after_the_time_is_over(simulator):
    post(simulator, charge())
    passing.advance(simulator.world, 901)
    made = next(iter(simulator.world.transactions.values()))
    with pytest.raises(Refuse):
        acts.pay(simulator.world, made)
    assert (made.status, made.settled_at) == ("pending", 0)


def test_the_same_calls_say_the_same_to_the_letter():
    def story() -> str:
        shop = Shop()
        shop.answers = [500, 503, 200, 500]
        world = World(Settings((merchant(),), seed=7), shop.deliver, Clock(START))
        now = world.clock.now()
        made = Transaction(world.uuid("t", "m"), MERCHANT_ID, "LB-1", "qris", 275_000, now, now + 900)
        world.add(made)
        acts.pay(world, made)
        passing.advance(world, 50_000)
        acts.refund(world, made, {"refund_key": "R"})
        passing.advance(world, 50_000)
        return acts.fingerprint(world) + str([row.attempts for row in world.notices])

    assert story() == story()


def test_what_was_paid_is_remembered_on_disk(tmp_path):
    path = tmp_path / "provider.sqlite"
    first = World(Settings((merchant(),)), Shop().deliver, Clock(START), path)
    made = Transaction("t-1", MERCHANT_ID, "LB-1", "qris", 275_000, 1, 2)
    first.add(made)
    acts.pay(first, made, forced=True)
    acts.refund(first, made, {"refund_key": "R", "amount": 5})
    again = World(Settings((merchant(),)), Shop().deliver, Clock(START), path)
    assert again.find(MERCHANT_ID, "LB-1") == made
    assert again.number("refund") == 2


# It stays at home


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "https://toko.example/x", "http://127.0.0.1.nip.io/"])
def test_nothing_is_sent_away_from_this_machine(simulator, url):
    with pytest.raises(ValueError, match="away from this machine"):
        merchant(notification_url=url)
    with pytest.raises(ValueError, match="loopback"):
        Settings((merchant(),), base_url=url)
    answer = post(simulator, charge(), **{"X-Override-Notification": url})
    assert (answer.json()["status_code"], simulator.world.transactions) == ("400", {})


def test_real_keys_are_not_taken():
    with pytest.raises(ValueError, match="SB-"):
        Merchant("G1", (Secret("Mid-server-sungguhan"),))


@pytest.mark.parametrize("host", ["lumbung.example", "192.168.1.9:8010", "127.0.0.1.nip.io"])
def test_a_name_from_outside_is_not_answered(simulator, host):
    answer = requests.get(f"{simulator.url}/sim/", headers={"Host": host}, timeout=20)
    assert answer.status_code == 403


def test_account_numbers_are_impossible(midtrans: Side):
    for method in midtrans.gateway.methods():
        action = midtrans.create(method).next_action
        assert action.number.startswith("0000") or "936000000000000000" in action.qr_string
        assert action.biller_code in ("", "99999")


def test_a_qr_is_a_picture_that_names_the_simulation(midtrans: Side):
    action = midtrans.create().next_action
    picture = requests.get(action.qr_image_url, timeout=20)
    assert picture.content.startswith(b"\x89PNG")
    assert picture.content == requests.get(action.qr_image_url, timeout=20).content
    assert picture.content == requests.get(action.qr_image_url.replace("/v2/", "/v4/"), timeout=20).content
    assert "SIMULASI" in action.qr_string


def control(simulator: Server, path: str, **body: Any) -> None:
    url, headers = f"{simulator.url}/__sim__/{path}", {"X-Sim-Token": "buka"}
    assert requests.post(url, json=body, headers=headers, timeout=20).status_code == 200


def test_a_refund_that_the_balance_does_not_cover_is_refused_and_works_later(simulator):
    made = post(simulator, charge()).json()["transaction_id"]
    control(simulator, f"tx/{made}/force", act="settle")
    control(simulator, f"tx/{made}/force", act="refund_no_balance")
    asked = {"refund_key": "R-1", "amount": 1_000}
    assert post(simulator, asked, "/v2/LB-1/refund").json()["status_code"] == "414"
    assert post(simulator, asked, "/v2/LB-1/refund").json()["transaction_status"] == "partial_refund"


def test_another_seed_gives_other_names_and_the_same_one_the_same(simulator):
    names = []
    for seed in (0, 7, 0):
        control(simulator, "seed", seed=seed)
        names.append(post(simulator, charge()).json()["transaction_id"])
    assert names[0] == names[2] != names[1]


def test_control_is_absent_without_its_token(simulator):
    url = f"{simulator.url}/__sim__/clock"
    assert requests.post(url, json={"seconds": 5}, timeout=20).status_code == 404
    before = simulator.world.clock.now()
    headers = {"X-Sim-Token": "buka"}
    assert requests.post(url, json={"seconds": 5}, headers=headers, timeout=20).json() == {"now": before + 5}


def test_basic_keys_are_read_as_the_real_one_reads_them(simulator):
    token = base64.b64encode(f"{KEY}:".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Accept": "application/json"}
    answer = requests.get(f"{simulator.url}/v2/LB-9/status", headers=headers, timeout=20)
    assert (answer.status_code, answer.json()["status_code"]) == (200, "404")
