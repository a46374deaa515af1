"""The provider's API as the outside sees it: codes in bodies, keys in Basic, five-minute idempotency."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from market.core import qr
from market.core.loopback import is_loopback
from market.payments.simulator import acts, books, breaking, payouts, snap
from market.payments.simulator.bodies import charge_body, status_body
from market.payments.simulator.charges import Refuse, make
from market.payments.simulator.faults import BEFORE, Fault
from market.payments.simulator.records import Transaction
from market.payments.simulator.settings import MAX_BODY_BYTES, Merchant
from market.payments.simulator.world import World

MAX_KEY = 46
NOT_IDEMPOTENT = ("permata", "indomaret")
Answer = tuple[int, dict[str, Any]]


def json_response(http: int, body: object) -> Response:
    return Response(json.dumps(body), status=http, content_type="application/json")


def error(world: World, code: int, message: str, messages: tuple[str, ...] = ()) -> Answer:
    """A refusal: 401 is said by HTTP as well, most others by the body alone."""
    http = code if code == 401 or code >= 500 or world.settings.error_http == "same" else 200
    body: dict[str, Any] = {"status_code": str(code), "status_message": message}
    body["id"] = world.uuid("error", "")
    if messages:
        body["validation_messages"] = list(messages)
    return http, body


class Call:
    """One call of a merchant: who, what, and the body, checked as far as every endpoint checks it."""

    def __init__(self, world: World, request: Request, endpoint: str, order_id: str) -> None:
        self.world = world
        self.request = request
        self.endpoint = endpoint
        self.order_id = order_id
        self.body: dict[str, Any] = {}
        self.merchant: Merchant = world.settings.merchants[0]

    def answer(self, act: Callable[[Call], Answer]) -> Response:
        """Everything around an act: checks, faults, idempotency, refusals."""
        with self.world.lock:
            self.world.requests.append((self.request.method, self.request.path))
            refused = self._enter()
            faults = self.world.faults.of_call(self.endpoint, self.order_id)
        if refused is not None:
            return json_response(*refused)
        before = [fault for fault in faults if fault.kind in BEFORE]
        after = [fault for fault in faults if fault.kind not in BEFORE]
        key = self._key()
        if not key:
            return self._act(act, before, after)
        with self.world.lock:
            stored = self.world.stored_answer(key)
            if stored is None and key in self.world.running:
                return json_response(202, {"status_message": "The first request is still in process"})
            self.world.running.add(key)
        try:
            # The first answer, whatever is asked now; on its way it may break as any other.
            return self._act((lambda _call: stored) if stored is not None else act, before, after, key)
        finally:
            with self.world.lock:
                self.world.running.discard(key)

    def _act(
        self, act: Callable[[Call], Answer], before: list[Fault], after: list[Fault], key: str = ""
    ) -> Response:
        for fault in before:
            broken = breaking.before(self.request, fault, time.sleep)
            if broken is not None:
                return broken
        with self.world.lock:
            http, body = self._decide(act)
            if key and self._remembers(body) and not any(f.kind == "lose_key" for f in after):
                self.world.store_answer(key, http, body)
        return breaking.after(self.request, http, body, after, time.sleep)

    def _decide(self, act: Callable[[Call], Answer]) -> Answer:
        try:
            return act(self)
        except Refuse as refused:
            return error(self.world, refused.code, refused.message, refused.messages)

    def _enter(self) -> Answer | None:
        accepts = self.request.headers.get("Accept", "")
        if "application/json" not in accepts and "*/*" not in accepts:
            return error(self.world, 403, "Accept must be application/json")
        given = self.request.authorization
        merchant = self.world.merchant_of((given.username or "") if given else "")
        if merchant is None:
            return error(self.world, 401, "Access denied due to unauthorized transaction")
        self.merchant = merchant
        return self._read() if self.request.method == "POST" else None

    def _read(self) -> Answer | None:
        if self.request.mimetype != "application/json":
            return error(self.world, 403, "Content-Type must be application/json")
        raw = self.request.get_data(cache=False)
        if len(raw) > MAX_BODY_BYTES:
            return error(self.world, 413, "The request is too large")
        try:
            body = json.loads(raw or b"{}")
        except (ValueError, RecursionError):
            return error(self.world, 413, "The request cannot be processed due to malformed JSON")
        if not isinstance(body, dict):
            return error(self.world, 500, "Sorry. Our system is recovering from unexpected issues")
        self.body = body
        details = body.get("transaction_details")
        if not self.order_id and isinstance(details, Mapping):
            self.order_id = str(details.get("order_id", ""))
        return None

    def _key(self) -> str:
        given = self.request.headers.get("Idempotency-Key", "")
        return given if self.request.method == "POST" and 0 < len(given) <= MAX_KEY else ""

    def _remembers(self, body: Mapping[str, Any]) -> bool:
        """Midtrans keeps no key for Permata and Indomaret."""
        permata = "permata_va_number" in body
        return not permata and body.get("store") not in NOT_IDEMPOTENT


def charge(call: Call) -> Answer:
    return 200, charge_body(make(call.world, call.merchant, call.body, urls_of(call.request)))


def urls_of(request: Request) -> list[str]:
    """Where this charge's notices go, if the call says so. Raises Refuse for a foreign address."""
    override = request.headers.get("X-Override-Notification", "")
    given = [url.strip() for url in override.split(",") if url.strip()]
    if len(given) > 3 or not all(is_loopback(url) for url in given):
        raise Refuse(400, "the simulation sends notices to this machine alone")
    return given


def find(call: Call) -> Transaction:
    found = call.world.find(call.merchant.merchant_id, call.order_id)
    if found is None:
        raise Refuse(404, "Transaction doesn't exist.")
    return found


def status(call: Call) -> Answer:
    return 200, status_body(find(call), call.merchant)


def status_b2b(call: Call) -> Answer:
    body = status_body(find(call), call.merchant)
    return 200, {**body, "transactions": [body]}


def cancel(call: Call) -> Answer:
    made = find(call)
    acts.cancel(call.world, made)
    return 200, {**status_body(made, call.merchant), "status_message": "Success, transaction is canceled"}


def expire(call: Call) -> Answer:
    made = find(call)
    acts.expire(call.world, made)
    return 200, {**status_body(made, call.merchant), "status_message": "Success, transaction has expired"}


def cards_alone(call: Call) -> Answer:
    """approve, deny, capture: for cards, which the simulation does not have."""
    if call.endpoint != "capture":
        find(call)
    raise Refuse(412, acts.REFUSED)


def refund(call: Call) -> Answer:
    made = find(call)
    row, denied = acts.refund(call.world, made, call.body)
    body = status_body(made, call.merchant)
    if denied or row is None:
        return 200, {
            **body,
            "status_code": "202",
            "status_message": "Refund is denied by the bank",
            "refund_amount": "0.00",
        }
    return 200, {
        **body,
        "status_code": "200",
        "status_message": "Success, refund request is approved",
        "refund_chargeback_id": row.number,
        "refund_amount": f"{row.amount_rp}.00",
        "refund_key": row.key,
    }


def snap_create(call: Call) -> Answer:
    return snap.create(call.world, call.merchant, call.body)


def mutation(call: Call) -> Answer:
    """The books of this merchant between two instants."""
    try:
        since, until = (
            int(dt.datetime.fromisoformat(call.request.args[name]).timestamp())
            for name in ("start_time", "end_time")
        )
    except (KeyError, ValueError):
        raise Refuse(400, "start_time and end_time are ISO 8601") from None
    moves = [move for move in books.moves(call.world, call.merchant.merchant_id) if move[0] <= until]
    opening = sum(amount for at, _kind, amount, _order in moves if at < since)
    closing = sum(amount for _at, _kind, amount, _order in moves)
    listed = [
        {
            "created_at": dt.datetime.fromtimestamp(at, dt.UTC).isoformat(),
            "type": kind,
            "amount": amount,
            "reference_id": order,
        }
        for at, kind, amount, order in moves
        if at >= since
    ]
    body = {"status_code": "200", "currency": "IDR", "opening_balance": opening, "closing_balance": closing}
    return 200, {**body, "mutations": listed}


ENDPOINTS: Mapping[str, Callable[[Call], Answer]] = {
    "charge": charge,
    "capture": cards_alone,
    "status": status,
    "status_b2b": status_b2b,
    "cancel": cancel,
    "expire": expire,
    "approve": cards_alone,
    "deny": cards_alone,
    "refund": refund,
    "snap": snap_create,
    "mutation": mutation,
}


def qr_code(world: World, transaction_id: str) -> Response:
    """The QR as a picture: public, as the real one is."""
    made = world.transactions.get(transaction_id)
    if made is None or "qr_string" not in made.first:
        return json_response(404, {"status_code": "404", "status_message": "Transaction doesn't exist."})
    return Response(qr.png(made.first["qr_string"]), content_type="image/png")


def payout_call(world: World, request: Request, path: str) -> Response:
    """/iris/api/v1/...: other keys, plain HTTP codes."""
    with world.lock:
        world.requests.append((request.method, request.path))
        faults = world.faults.of_call("payouts", path)
    for fault in (fault for fault in faults if fault.kind in BEFORE):
        broken = breaking.before(request, fault, time.sleep)
        if broken is not None:
            return broken
    given = request.authorization
    with world.lock:
        who = payouts.merchant_of(world, (given.username or "") if given else "")
        if who is None:
            return json_response(401, {"error_message": "Access denied"})
        try:
            http, body = _payout(world, request, path, *who)
        except Refuse as refused:
            http, body = refused.code, {"error_message": refused.message}
    after = [fault for fault in faults if fault.kind not in BEFORE]
    return breaking.after(request, http, body, after, time.sleep)


def _payout(world: World, request: Request, path: str, merchant: Merchant, role: str) -> tuple[int, Any]:
    body = _json(request)
    if request.method == "GET":
        return 200, _payout_asked(world, request, path, merchant)
    if path in ("payouts/approve", "payouts/reject"):
        if role != "approver":
            raise Refuse(403, "only the approver decides")
        to = "approved" if path.endswith("approve") else "rejected"
        return 200, payouts.decide(world, merchant, body, to)
    if path not in ("payouts", "beneficiaries"):
        raise Refuse(404, "there is no such address")
    if role != "maker":
        raise Refuse(403, "only the maker creates")
    if path == "beneficiaries":
        return 201, payouts.befriend(world, merchant, body)
    key = request.headers.get("X-Idempotency-Key", "")
    stored = world.stored_answer(f"payout:{key}") if key else None
    if stored is not None:
        return stored
    made = payouts.create(world, merchant, body)
    if key:
        world.store_answer(f"payout:{key}", 201, made)
    return 201, made


def _payout_asked(world: World, request: Request, path: str, merchant: Merchant) -> Any:
    if path == "ping":
        return "pong"
    if path == "balance":
        return {"balance": f"{payouts.balance_rp(world, merchant)}.00"}
    if path == "beneficiary_banks":
        return {"beneficiary_banks": [{"code": bank, "name": bank.upper()} for bank in payouts.BANKS]}
    if path == "beneficiaries":
        return payouts.beneficiaries(world, merchant)
    if path == "statements":
        return payouts.statement(world, merchant, request.args)
    if path == "account_validation":
        return payouts.holder(request.args.get("bank", ""), request.args.get("account", ""))
    if path.startswith("payouts/"):
        return payouts.show(world, merchant, path.removeprefix("payouts/"))
    raise Refuse(404, "there is no such address")


def _json(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise Refuse(400, "malformed JSON") from None
    if not isinstance(found, dict):
        raise Refuse(400, "a request is an object")
    return found
