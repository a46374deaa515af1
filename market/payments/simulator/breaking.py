"""Answers that go wrong on purpose: on the wire, or in what they say."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

from werkzeug.wrappers import Request, Response

from market.payments.simulator.faults import Fault

HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
Sleep = Callable[[float], None]


def before(request: Request, fault: Fault, sleep: Sleep) -> Response | None:
    """The broken answer of a call that does nothing; None when it goes on (late)."""
    if fault.kind == "delay":
        sleep(float(fault.value or 1))
        return None
    if fault.kind in ("drop_before", "reset"):
        return cut(request, hard=fault.kind == "reset")
    if fault.kind == "redirect":
        return Response("", status=int(fault.value or 302), headers={"Location": "/v2/charge"})
    if fault.kind == "too_many":
        return _json(429, {"status_code": "429", "status_message": "Too many requests"})
    if fault.kind == "in_process":
        return _json(202, {"status_message": "The first request is still in process"})
    if fault.kind in ("html", "empty"):
        text = HTML if fault.kind == "html" else ""
        return Response(text, status=int(fault.value or 502), content_type="text/html")
    code = int(fault.value or 500)
    return _json(code, {"status_code": str(code), "status_message": "Sorry, our system is recovering"})


def after(request: Request, http: int, body: dict[str, Any], faults: list[Fault], sleep: Sleep) -> Response:
    """The answer to what has been done, spoilt as asked."""
    said: Any = body
    for fault in faults:
        if fault.kind == "drop_after":
            return cut(request)
        if fault.kind == "html_after":
            return Response(HTML, status=int(fault.value or 502), content_type="text/html")
        if fault.kind == "error_after":
            return _json(500, {"status_code": "500", "status_message": "Sorry, our system is recovering"})
        said = _edit(said, fault)
    text = json.dumps(said)
    kinds = {fault.kind: fault for fault in faults}
    if "bad_json" in kinds:
        text = text[:-2] + ",}"
    if "huge" in kinds:
        text = json.dumps({**said, "padding": "x" * 3_000_000})
    if "truncated" in kinds:
        headers = {"Content-Length": str(len(text) + 50), "Connection": "close"}
        return Response(text, status=http, headers=headers, content_type="application/json")
    if "slow_body" in kinds:
        pieces = _slowly(text, float(kinds["slow_body"].value or 1), sleep)
        return Response(pieces, status=http, content_type="application/json")
    return Response(text, status=http, content_type="application/json")


def _edit(body: Any, fault: Fault) -> Any:
    edits: dict[str, Callable[[dict[str, Any]], Any]] = {
        "json_list": lambda said: [said],
        "odd_code": lambda said: {**said, "status_code": "abc"},
        "wrong_amount": lambda said: {**said, "gross_amount": str(fault.value or "1.00")},
        "wrong_order": lambda said: {**said, "order_id": str(fault.value or "LAIN-1")},
        "uppercase": lambda said: {
            **said,
            "transaction_status": str(said.get("transaction_status")).upper(),
        },
        "unknown_status": lambda said: {**said, "transaction_status": str(fault.value or "sleeping")},
        "extra_fields": lambda said: {**said, "new_field": {"deep": [1, None, "x"]}, "merchant_note": None},
        "missing_fields": lambda said: {
            name: value
            for name, value in said.items()
            if name not in (fault.value or ("fraud_status", "expiry_time", "transaction_id"))
        },
    }
    return edits[fault.kind](body) if fault.kind in edits else body


def cut(request: Request, *, hard: bool = False) -> Response:
    """An answer that closes the connection without a word (`hard`: with a reset).

    It happens when the answer would be written: by then the call itself is over, its key free again.
    """
    return Response(_closing(request.environ.get("werkzeug.socket"), hard), status=200)


def _closing(connection: socket.socket | None, hard: bool) -> Iterator[bytes]:
    if connection is None:
        raise ConnectionAbortedError("the connection was cut")  # a call without a socket: in a unit test
    if hard:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
    yield b""


def _slowly(text: str, seconds: float, sleep: Sleep) -> Iterator[bytes]:
    """The body in ten pieces, spread over the seconds."""
    data = text.encode()
    size = max(1, len(data) // 10)
    for at in range(0, len(data), size):
        sleep(seconds / 10)
        yield data[at : at + size]


def _json(http: int, body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), status=http, content_type="application/json")
