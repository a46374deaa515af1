"""The hand behind the simulation, for tests: time, faults, things that a provider does of itself."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from market.payments.simulator import acts, books, passing
from market.payments.simulator.charges import Refuse
from market.payments.simulator.records import Transaction
from market.payments.simulator.world import World

Body = Mapping[str, Any]


def call(world: World, request: Request, path: str) -> Response:
    """POST /__sim__/<path>: absent unless a token was set and is shown."""
    token = world.settings.control_token
    given = request.headers.get("X-Sim-Token", "")
    if not token or not hmac.compare_digest(token.reveal().encode(), given.encode("utf-8", "replace")):
        return _json(404, {"error": "not found"})
    try:
        body = json.loads(request.get_data() or b"{}")
        return _json(200, _do(world, path, body))
    except (ValueError, KeyError, TypeError, LookupError) as error:
        return _json(400, {"error": str(error)})
    except Refuse as refused:
        return _json(409, {"error": refused.message})


def _do(world: World, path: str, body: Body) -> Body:
    if path == "clock":
        return {"now": passing.advance(world, int(body["seconds"]))}
    if path.startswith("tx/") and path.endswith("/force"):
        with world.lock:
            return force(world, world.transactions[path.split("/")[1]], str(body["act"]), body)
    if path.startswith("payouts/") and path.endswith("/fail"):
        with world.lock:
            return _done(lambda: setattr(world.payouts[path.split("/")[1]], "fails", True))
    plain: Mapping[str, Callable[[], Body]] = {
        "seed": lambda: _done(lambda: world.reseed(int(body["seed"]))),
        "reset": lambda: _done(world.forget),
        "faults": lambda: _done(
            lambda: world.faults.add(**{str(name): value for name, value in body.items()})
        ),
        "faults/clear": lambda: _done(world.faults.clear),
        "withdraw": lambda: vars(books.withdraw(world, str(body["merchant_id"]))),
        "outbox": lambda: {"notices": [vars(row) for row in world.notices]},
        "requests": lambda: {"requests": world.requests},
    }
    if path not in plain:
        raise LookupError(path)
    with world.lock:
        return plain[path]()


def _done(act: Callable[[], object]) -> Body:
    act()
    return {"done": True}


def force(world: World, made: Transaction, act: str, given: Body | None = None) -> Body:
    """What nobody asks for by the API. Raises LookupError, Refuse."""
    given = given or {}
    known: Mapping[str, Callable[[], object]] = {
        "settle": lambda: acts.pay(world, made, str(given.get("issuer", "gopay"))),
        "late_settle": lambda: acts.pay(world, made, forced=True),
        "deny": lambda: acts.move(world, made, "deny"),
        "reverse": lambda: acts.reverse(world, made),
        "reverse_later": lambda: _later(world, made, int(given.get("seconds", 120))),
        "expire": lambda: acts.expire(world, made),
        "silence": lambda: setattr(made, "silent", bool(given.get("on", True))),
        "pays_other": lambda: _pays_other(world, made, int(given["amount"])),
        "refund_deny": lambda: setattr(made, "denied_refunds", int(given.get("times", 1))),
        "refund_no_balance": lambda: setattr(made, "unfunded_refunds", int(given.get("times", 1))),
        "refund_confirm": lambda: _confirm(world, made),
        "chargeback": lambda: acts.dispute(world, made, given.get("amount")),
    }
    known[act]()
    return {"status": made.status}


def _later(world: World, made: Transaction, seconds: int) -> None:
    made.reverse_at = world.clock.now() + seconds
    world.changed(made)


def _confirm(world: World, made: Transaction) -> None:
    for row in made.refunds:
        if not row.confirmed_at:
            acts.confirm_refund(world, made, row)


def _pays_other(world: World, made: Transaction, amount_rp: int) -> None:
    """Somebody pays more or less than asked (an open VA)."""
    made.gross_rp = amount_rp
    acts.pay(world, made)


def _json(http: int, body: Body) -> Response:
    return Response(json.dumps(body, default=str), status=http, content_type="application/json")
