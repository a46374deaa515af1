"""A small Stripe on loopback: intents, refunds, disputes, idempotency and signed events, as far as the
official package and the port need them."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import stripe
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from market.payments.simulator import breaking
from market.payments.simulator.faults import BEFORE, Faults
from market.payments.simulator.running import _Quiet

ADDRESSES = Map(
    [
        Rule("/v1/payment_intents", endpoint="create", methods=["POST"]),
        Rule("/v1/payment_intents", endpoint="list", methods=["GET"]),
        Rule("/v1/payment_intents/search", endpoint="search", methods=["GET"]),
        Rule("/v1/payment_intents/<id_>", endpoint="status", methods=["GET"]),
        Rule("/v1/payment_intents/<id_>", endpoint="update", methods=["POST"]),
        Rule("/v1/payment_intents/<id_>/cancel", endpoint="cancel", methods=["POST"]),
        Rule("/v1/refunds", endpoint="refund", methods=["POST"]),
        Rule("/v1/refunds", endpoint="refunds", methods=["GET"]),
        Rule("/v1/disputes", endpoint="disputes", methods=["GET"]),
    ]
)
SEARCH = "metadata['order_id']:'"


class Refusal(Exception):
    def __init__(self, http: int, code: str, kind: str = "invalid_request_error") -> None:
        super().__init__(code)
        self.http = http
        self.body = {"error": {"type": kind, "code": code, "message": f"No: {code}"}}


class StripeStub:
    """State and server in one. `searchable` False: the search index lags behind, as in life."""

    def __init__(self, keys: tuple[str, ...], webhook_secret: str) -> None:
        self.keys = keys
        self.webhook_secret = webhook_secret
        self.intents: dict[str, dict[str, Any]] = {}
        self.refund_rows: list[dict[str, Any]] = []
        self.dispute_rows: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[str, int, dict[str, Any]]] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults = Faults()
        self.searchable = True
        self.deny_refunds = 0
        self.lock = threading.RLock()
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        endpoint, given = ADDRESSES.bind_to_environ(environ).match()
        return self.answer(request, str(endpoint), **given)(environ, start_response)

    def answer(self, request: Request, endpoint: str, id_: str = "") -> Response:
        with self.lock:
            self.requests.append((request.method, request.path))
        name = "charge" if endpoint == "create" else endpoint
        faults = self.faults.of_call(name, request.form.get("metadata[order_id]", id_))
        for fault in (fault for fault in faults if fault.kind in BEFORE):
            broken = breaking.before(request, fault, time.sleep)
            if broken is not None:
                return broken
        with self.lock:
            http, body = self.once(request, endpoint, id_)
        after = [fault for fault in faults if fault.kind not in BEFORE]
        return breaking.after(request, http, body, after, time.sleep)

    def once(self, request: Request, endpoint: str, id_: str) -> tuple[int, dict[str, Any]]:
        """Idempotency for a day: the same answer for the same key, an error for another request."""
        key, form = request.headers.get("Idempotency-Key", ""), request.form.to_dict()
        asked = json.dumps([endpoint, id_, form], sort_keys=True)
        if request.method == "POST" and key in self.answers:
            before, http, body = self.answers[key]
            if before != asked:
                return 400, Refusal(400, "idempotency_key_in_use", "idempotency_error").body
            return http, body
        try:
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.keys:
                raise Refusal(401, "api_key_invalid")
            body = getattr(self, f"do_{endpoint}")(form, request.args, id_)
        except Refusal as refused:
            return refused.http, refused.body
        if request.method == "POST" and key:
            self.answers[key] = (asked, 200, json.loads(json.dumps(body)))
        return 200, body

    # Endpoints

    def do_create(self, form: dict[str, str], _args: Any, _id: str) -> dict[str, Any]:
        kind = form["payment_method_data[type]"]
        id_ = f"pi_{len(self.intents) + 1:04d}"
        steps = {
            "qris": {"data": "QR", "image_url_png": f"{self.url}/qr.png"},
            "gopay": {"data": "QR", "mobile_auth_url": f"{self.url}/gopay"},
            "id_bank_transfer": {
                "bank": form.get("payment_method_data[id_bank_transfer][bank]"),
                "account_number": "0000100000000001",
            },
        }
        self.intents[id_] = {
            "id": id_,
            "object": "payment_intent",
            "amount": int(form["amount"]),
            "amount_received": 0,
            "currency": form["currency"],
            "status": "requires_action",
            "created": int(time.time()),
            "metadata": {k[9:-1]: v for k, v in form.items() if k.startswith("metadata[")},
            "next_action": {"type": f"{kind}_step", f"{kind}_step": steps[kind]},
            "latest_charge": None,
        }
        return self.intents[id_]

    def intent(self, id_: str) -> dict[str, Any]:
        if id_ not in self.intents:
            raise Refusal(404, "resource_missing")
        return self.intents[id_]

    def do_status(self, _form: dict[str, str], _args: Any, id_: str) -> dict[str, Any]:
        return self.intent(id_)

    def do_update(self, form: dict[str, str], _args: Any, id_: str) -> dict[str, Any]:
        self.intent(id_)["metadata"] |= {k[9:-1]: v for k, v in form.items() if k.startswith("metadata[")}
        return self.intents[id_]

    def do_cancel(self, form: dict[str, str], _args: Any, id_: str) -> dict[str, Any]:
        if self.intent(id_)["status"] in ("succeeded", "canceled"):
            raise Refusal(400, "payment_intent_unexpected_state")
        self.intents[id_] |= {"status": "canceled", "cancellation_reason": form.get("cancellation_reason")}
        return self.intents[id_]

    def do_list(self, _form: dict[str, str], _args: Any, _id: str) -> dict[str, Any]:
        return self.listed(list(reversed(self.intents.values()))[:100])

    def do_search(self, _form: dict[str, str], args: Any, _id: str) -> dict[str, Any]:
        wanted = args["query"].removeprefix(SEARCH).removesuffix("'")
        rows = [row for row in self.intents.values() if row["metadata"].get("order_id") == wanted]
        return {**self.listed(rows if self.searchable else []), "object": "search_result"}

    def do_refund(self, form: dict[str, str], _args: Any, _id: str) -> dict[str, Any]:
        intent, amount = self.intent(form["payment_intent"]), int(form["amount"])
        denied, self.deny_refunds = self.deny_refunds > 0, max(0, self.deny_refunds - 1)
        row = {
            "id": f"re_{len(self.refund_rows) + 1:04d}",
            "object": "refund",
            "amount": amount,
            "status": "failed" if denied else "pending",
            "created": int(time.time()),
            "payment_intent": intent["id"],
            "metadata": {k[9:-1]: v for k, v in form.items() if k.startswith("metadata[")},
        }
        self.refund_rows.append(row)
        return row

    def do_refunds(self, _form: dict[str, str], args: Any, _id: str) -> dict[str, Any]:
        return self.listed(
            [row for row in self.refund_rows if row["payment_intent"] == args["payment_intent"]]
        )

    def do_disputes(self, _form: dict[str, str], args: Any, _id: str) -> dict[str, Any]:
        return self.listed(
            [row for row in self.dispute_rows if row["payment_intent"] == args["payment_intent"]]
        )

    def listed(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        return {"object": "list", "data": rows, "has_more": False, "url": "/v1/x"}

    # What payer and bank do

    def of_order(self, order_id: str) -> dict[str, Any]:
        return next(i for i in self.intents.values() if i["metadata"].get("order_id") == order_id)

    def pay(self, order_id: str) -> None:
        intent = self.of_order(order_id)
        charge = {"id": f"ch_{intent['id']}", "object": "charge", "created": int(time.time())}
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge}

    def fail(self, order_id: str) -> None:
        self.of_order(order_id).update(
            status="requires_payment_method", last_payment_error={"code": "payment_method_declined"}
        )

    def confirm_refunds(self, _order_id: str) -> None:
        for row in self.refund_rows:
            row["status"] = "succeeded"

    def dispute(self, order_id: str) -> None:
        intent = self.of_order(order_id)
        self.dispute_rows.append(
            {
                "id": "dp_1",
                "object": "dispute",
                "amount": intent["amount"],
                "status": "needs_response",
                "payment_intent": intent["id"],
            }
        )

    def dispute_event(self, order_id: str, status: str) -> tuple[dict[str, str], bytes]:
        """A dispute changes and is told: the event carries no metadata of ours."""
        row = next(r for r in self.dispute_rows if r["payment_intent"] == self.of_order(order_id)["id"])
        row["status"] = status
        event = {"id": f"evt_{row['id']}_{status}", "type": "charge.dispute.updated", "object": "event"}
        return self.signed({**event, "data": {"object": row}})

    def signed(self, event: dict[str, Any], at: int | None = None) -> tuple[dict[str, str], bytes]:
        body = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(body, self.webhook_secret, at)
        return {"Stripe-Signature": header, "Content-Type": "application/json"}, body.encode()

    def event(self, order_id: str, at: int | None = None) -> tuple[dict[str, str], bytes]:
        """The event of an intent's present state, signed: (headers, body)."""
        intent = self.of_order(order_id)
        kind = {"succeeded": "succeeded", "canceled": "canceled"}.get(intent["status"], "created")
        event = {"id": f"evt_{intent['id']}_{kind}", "type": f"payment_intent.{kind}"}
        return self.signed({**event, "object": "event", "data": {"object": intent}}, at)
