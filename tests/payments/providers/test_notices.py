"""Notices: the real retry classes of the sender, and forgeries that must not get through."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from itertools import pairwise
from typing import Any

import pytest

from market.payments import gateway
from market.payments.midtrans import MidtransGateway
from market.payments.midtrans_notices import signature
from market.payments.simulator import acts, outbox, passing
from market.payments.simulator.records import Transaction
from market.payments.simulator.settings import Settings
from market.payments.simulator.world import Clock, World
from market.payments.types import Provider, Secret
from tests.payments.providers.conftest import (
    KEYS,
    MERCHANT_ID,
    OLD_KEYS,
    START,
    Shop,
    account,
    merchant,
)

KEY = Secret(KEYS[Provider.MIDTRANS])
FOREVER_S = 400 * 60 * 5


def told(shop: Shop, **more: Any) -> World:
    """A world in which one payment was just settled, its notice not yet sent."""
    world = World(Settings((merchant(**more),), bank_confirm_s=None), shop.deliver, Clock(START))
    now = world.clock.now()
    world.add(Transaction("t-000000001", MERCHANT_ID, "LB-1", "qris", 275_000, now, now + 900))
    return world


def settle(world: World) -> Transaction:
    made = world.transactions["t-000000001"]
    acts.pay(world, made)
    return made


# Sending


@pytest.mark.parametrize(
    ("answer", "times"),
    [(200, 1), (204, 1), (500, 2), (503, 5), (400, 3), (404, 3), (301, 1), (302, 1), (0, 6), (418, 6)],
)
def test_a_notice_is_repeated_as_often_as_its_answer_deserves(shop, answer, times):
    shop.answers = [answer] * 10
    world = told(shop)
    settle(world)
    passing.advance(world, FOREVER_S)
    assert len(shop.came) == times


def test_the_pauses_grow_and_shift_at_random_within_themselves(shop):
    shop.answers = [0] * 9
    world = told(shop)
    settle(world)
    passing.advance(world, FOREVER_S)
    at = [when for when, _code in world.notices[0].attempts]
    pauses = [later - earlier for earlier, later in pairwise(at)]
    assert len(pauses) == 5
    for pause, minutes in zip(pauses, (2, 10, 30, 90, 210), strict=True):
        assert minutes * 60 < pause <= minutes * 120


def test_a_shop_that_comes_back_gets_the_notice_once_more(shop):
    shop.answers = [503, 0]
    world = told(shop)
    settle(world)
    passing.advance(world, FOREVER_S)
    assert [code for _at, code in world.notices[0].attempts] == [503, 0, 200]
    assert world.notices[0].delivered


def test_a_refund_is_told_when_asked_and_again_when_the_bank_confirms(shop):
    world = told(shop)
    made = settle(world)
    row, _denied = acts.refund(world, made, {"refund_key": "R"})
    acts.confirm_refund(world, made, row)
    passing.pass_time(world)
    bodies = [json.loads(body) for _headers, body in shop.came]
    assert [body["transaction_status"] for body in bodies] == ["settlement", "refund", "refund"]
    confirmed = ["bank_confirmed_at" in body["refunds"][0] for body in bodies[1:]]
    assert confirmed == [False, True]


def test_the_same_state_has_one_code_when_told_and_another_when_asked(shop):
    world = told(shop)
    acts.expire(world, world.transactions["t-000000001"])
    passing.pass_time(world)
    assert json.loads(shop.came[0][1])["status_code"] == "202"


@pytest.mark.parametrize(
    ("kind", "value", "came"),
    [("drop", None, 0), ("duplicate", 3, 3), ("delay", 50, 1), ("get", None, 1)],
)
def test_a_notice_can_be_lost_doubled_or_late(shop, kind, value, came):
    world = told(shop)
    world.faults.add(kind, "notice", value=value)
    settle(world)
    passing.pass_time(world)
    early = len(shop.came)
    passing.advance(world, 60)
    assert (len(shop.came), early) == (came, 0 if kind == "delay" else came)


def test_a_notice_can_come_behind_its_successor(shop):
    world = told(shop)
    world.faults.add("hold", "notice", value="refund")
    made = settle(world)
    passing.pass_time(world)
    acts.refund(world, made, {"refund_key": "R"})
    passing.pass_time(world)
    order = [json.loads(body)["transaction_status"] for _headers, body in shop.came]
    assert order == ["refund", "settlement"]


def test_a_notice_is_sent_again_by_hand(shop):
    world = told(shop)
    settle(world)
    passing.pass_time(world)
    outbox.resend(world, world.notices[0].id)
    passing.pass_time(world)
    assert shop.came[0][1] == shop.came[1][1]
    with pytest.raises(LookupError):
        outbox.resend(world, 99)


class Answers(http.server.BaseHTTPRequestHandler):
    """/308 sends on to /hook with a relative address, /302 too; /hook is the shop."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        code = 200 if self.path == "/hook" else int(self.path.strip("/"))
        self.send_response(code)
        if code != 200:
            self.send_header("Location", "/hook")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


def test_the_sender_follows_a_308_and_loses_the_notice_at_a_302():
    server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        codes = [outbox.deliver("POST", f"{url}/{path}", {}, b"{}") for path in ("hook", "308", "302")]
    finally:
        server.shutdown()
        server.server_close()
    assert codes == [200, 200, 302]
    assert outbox.deliver("POST", url, {}, b"{}") == 0
    assert outbox.deliver("POST", "http://192.0.2.1/hook", {}, b"{}") == 0


# Reading


def notice(key: Secret = KEY, **changes: Any) -> bytes:
    """A true notice with changes; `signed` False keeps the signature of the unchanged one."""
    signed = changes.pop("signed", True)
    body: dict[str, Any] = {
        "order_id": "LB-0000000001-01",
        "status_code": "200",
        "gross_amount": "275000.00",
        "transaction_status": "settlement",
        "transaction_id": "44b9e27a-eb02-5171-917c-c4c5a996fdf6",
        "merchant_id": MERCHANT_ID,
    }
    fields = ("order_id", "status_code", "gross_amount")
    before = signature(*(body[name] for name in fields), key)
    body |= changes
    if "signature_key" not in changes:
        now = signature(*(str(body[name]) for name in fields), key)
        body["signature_key"] = now if signed else before
    return json.dumps({name: value for name, value in body.items() if value is not None}).encode()


def read(body: bytes) -> Any:
    door = MidtransGateway(account(Provider.MIDTRANS), base_url="http://127.0.0.1:9")
    return door.parse_webhook({}, body, received_at=START)


def test_the_signature_is_the_published_one():
    text = "LB-1200275000.00SB-Mid-server-SIMULASI-baru"
    assert signature("LB-1", "200", "275000.00", KEY) == hashlib.sha512(text.encode()).hexdigest()


@pytest.mark.parametrize("key", [KEYS[Provider.MIDTRANS], OLD_KEYS[Provider.MIDTRANS]])
def test_both_keys_sign_while_they_change(key):
    assert read(notice(Secret(key))).kind == "payment.settlement"


def test_an_amount_without_decimals_has_a_signature_of_its_own_and_is_read():
    assert read(notice(gross_amount="275000")).ref is not None


def test_fields_that_nobody_knows_are_let_pass():
    assert read(notice(new_field={"deep": [1, 2]}, transaction_time=None)).claimed_status == "settlement"


def test_a_signed_notice_of_a_foreign_order_is_kept_apart():
    """The merchant may sell elsewhere, too: its own shop's orders are no forgeries."""
    assert read(notice(order_id="TOKO.LAIN~7")).ref is None


FORGED = {
    "another key": notice(Secret("SB-Mid-server-penipu")),
    "no key at all": notice(Secret("")),
    "no signature": notice(signature_key=None),
    "an empty signature": notice(signature_key=""),
    "a signature in capitals": notice(signature_key=json.loads(notice())["signature_key"].upper()),
    "a signature as a list": notice(signature_key=[json.loads(notice())["signature_key"]]),
    "another amount": notice(gross_amount="1.00", signed=False),
    "another order": notice(order_id="LB-0000000002-01", signed=False),
    "another code": notice(status_code="201", signed=False),
    "a code that eats the amount": notice(status_code="2002", gross_amount="75000.00"),
    "an order that eats the code": notice(order_id="LB-0000000001-0120", status_code="0"),
    "a code as a number": notice(status_code=200),
    "an amount as a number": notice(gross_amount=275_000),
    "cents": notice(gross_amount="275000.0"),
    "another merchant": notice(merchant_id="G999999999"),
    "a path in the order": notice(order_id="../../v2/zz"),
    "no status": notice(transaction_status=None),
    "a status with spaces": notice(transaction_status="settle ment"),
    "a name that stands twice": b'{"order_id": "LB-0000000002-01", ' + notice()[1:],
    "UTF-16": notice().decode().encode("utf-16"),
    "a number": b"1",
    "depth": b"[" * 60_000,
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED.keys())
def test_a_forged_notice_is_refused(body):
    with pytest.raises(gateway.SignatureError):
        read(body)


def test_what_is_not_signed_is_a_claim_and_no_more():
    """Status and transaction id can be edited under a true signature: hence the question that follows."""
    edited = read(notice(transaction_status="refund"))
    assert (edited.claimed_status, edited.needs_fetch) == ("refund", True)


def test_each_new_fact_has_its_own_mark():
    refund = {"refund_key": "R", "refund_amount": "5.00"}
    confirmed = {**refund, "bank_confirmed_at": "2026-11-22 12:00:00"}
    bodies = [
        notice(),
        notice(transaction_status="refund"),
        notice(transaction_status="refund", refunds=[refund]),
        notice(transaction_status="refund", refunds=[confirmed]),
        notice(settlement_time="2026-11-22 12:00:00"),
    ]
    assert len({read(body).dedupe_key for body in bodies}) == len(bodies)
    assert read(notice(status_message="x")).dedupe_key == read(notice(status_message="y")).dedupe_key
