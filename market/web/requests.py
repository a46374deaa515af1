"""One request, one transaction: the edge that commits.

A GET runs in a read-only transaction, a stranger's without any where the database can refuse writes
without one. Any other method runs in one writing transaction: a status below 400 commits it, an error status
or an exception rolls it back. What must survive a refusal
(counters of failed sign-ins) goes through `after_refusal`, which has a transaction of its own.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request, session
from werkzeug.datastructures import FileStorage

from market.core import crypto, db, faults, idempotency
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import ANONYMOUS
from market.web import holes

SAFE = ("GET", "HEAD", "OPTIONS")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_STORED_BODY_LIMIT = 20_000

LoadActor = Callable[[], None]


def init_app(app: Flask, load_actor: LoadActor, signed_in: Callable[[], bool]) -> None:
    """Register the edge; `load_actor` reads the session row and sets g.actor, g.user, g.grants.

    `signed_in` says without asking the database whether the cookie names a session at all.
    """
    app.before_request(_name_request)
    app.before_request(lambda: _begin(signed_in))
    app.before_request(load_actor)
    app.before_request(_claim_key)
    app.after_request(_finish)
    app.teardown_request(_let_go)


def fresh_key() -> str:
    """The idempotency key of a form: the one that was sent when the page is shown again."""
    if g.get("holes"):
        return holes.mark(holes.KEY)
    sent = g.get("sent_key", "")
    return sent if idempotency.well_formed(sent) else secrets.token_urlsafe(18)


def after_refusal(action: Callable[[], None]) -> None:
    """Run `action` in its own transaction once this request's has been rolled back."""
    g.setdefault("after_refusal", []).append(action)


def request_id(given: str) -> str:
    """The name of a request: the one that the sender gave, or a fresh one."""
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _name_request() -> None:
    g.request_id = request_id(request.headers.get("X-Request-Id", ""))
    g.actor = ANONYMOUS


def _untouched() -> bool:
    return request.endpoint in (None, "static", "web.alive")


def _begin(signed_in: Callable[[], bool]) -> None:
    if _untouched():
        return
    if "\0" in request.path:
        raise NotFound(_("Halaman ini tidak ada"))  # PostgreSQL could not even be asked for it
    if request.method not in SAFE:
        g.sent_key = request.form.get("_idem", "")  # reads the whole body, before a write lock is taken
    if request.method in SAFE and not signed_in():
        g.in_transaction = db.begin_browsing()
    else:
        db.begin(read_only=request.method in SAFE)
        g.in_transaction = True


def body_hash() -> str:
    """A keyed hash over the fields and files that were sent, without the tokens of the form itself.

    Keyed, because it is kept for days: a plain hash of a form with a NIK or a password could be guessed.
    """
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    for name, value in sorted(request.form.items(multi=True)):
        if name not in ("csrf_token", "_idem"):
            digest.update(f"{name}={value}\n".encode(errors="surrogatepass"))
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        digest.update(f"{name}:{file.filename}\n".encode(errors="surrogatepass") + _content(file))
    return crypto.blind_index(digest.hexdigest(), table="idempotency_key", column="body_hash")


def _content(file: FileStorage) -> bytes:
    data = file.stream.read()
    file.stream.seek(0)
    return data


def _claim_key() -> Response | None:
    """Refuse an unsafe form without a key; answer the second send of a key with the first reply."""
    if request.method in SAFE or _untouched():
        return None
    view = current_app.view_functions[request.endpoint or ""]
    if getattr(view, "repeatable", False):
        return None
    sent = request.form.get("_idem") or request.headers.get("Idempotency-Key") or ""
    if not idempotency.well_formed(sent):
        raise Refused(_("Formulir ini tidak lengkap. Buka lagi halamannya, lalu kirim ulang."))
    g.idempotency_key = f"{_sender()}:{request.endpoint}:{sent}"
    reply = idempotency.claim(g.idempotency_key, body_hash())
    faults.point("key_claimed")
    return None if reply is None else _replay(reply)


def _sender() -> str:
    if g.actor.user_id is not None:
        return f"u{g.actor.user_id}"
    # The token of the form itself: a guest's first two sends carry the same one, a fresh id would not.
    return str(session.get("csrf_token") or session.setdefault("visitor", secrets.token_urlsafe(12)))


def _replay(reply: idempotency.Reply) -> Response:
    g.replayed = True
    response = make_response(reply.body, reply.status)
    if reply.location:
        response.headers["Location"] = reply.location
    response.headers["Idempotent-Replay"] = "true"
    return response


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    begun = g.pop("in_transaction", None)
    if begun is None or (response.status_code < 400 and not begun):
        return response
    if response.status_code < 400:
        if request.method not in SAFE:
            _store_reply(response)
        faults.point("before_commit")
        db.commit()
        faults.point("after_commit")
    else:
        db.rollback()
        _run_after_refusal()
    return response


def _store_reply(response: Response) -> None:
    key = g.get("idempotency_key")
    if key is None or g.get("replayed"):
        return
    body = "" if response.direct_passthrough else response.get_data(as_text=True)
    kept = body if len(body) <= _STORED_BODY_LIMIT else ""
    idempotency.store(key, response.status_code, response.headers.get("Location"), kept)


def _run_after_refusal() -> None:
    for action in g.pop("after_refusal", []):
        with db.transaction():
            action()


def _let_go(_error: BaseException | None) -> None:
    db.session.remove()


def etag_for(*parts: Any) -> str:
    """A short tag over what a live page depends on."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def behind_secret_link(
    response: Response, *, cache: str = "no-store", referrer: str = "no-referrer"
) -> Response:
    """A page that its address alone opens: for no cache, no search engine and no other site."""
    response.headers["Cache-Control"] = f"private, {cache}"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = referrer
    return response
