"""Where providers send their notices: checked, kept, answered within moments; nothing is believed here."""

from __future__ import annotations

from flask import Response, request

from market.payments import services
from market.payments.gateway import MAX_WEBHOOK_BYTES, SignatureError
from market.payments.routes.blueprint import bp
from market.web.access import public, repeatable
from market.web.security import csrf


@bp.post("/bayar/kabar/<account_token>")
@csrf.exempt
@public
@repeatable
def create_notification(account_token: str) -> Response:
    """200 for a notice that is kept, also the second time; 401 for what is not the provider's."""
    if (request.content_length or 0) > MAX_WEBHOOK_BYTES:
        return Response("too large", status=413, mimetype="text/plain")
    try:
        services.record_notification(account_token, dict(request.headers), request.get_data())
    except SignatureError:
        return Response("not signed", status=401, mimetype="text/plain")
    return Response("ok", mimetype="text/plain")


@bp.post("/bayar/kabar-keluar/<account_token>")
@csrf.exempt
@public
@repeatable
def create_payout_notification(account_token: str) -> Response:
    """The same for money that leaves; 404 where the account has no keys for it."""
    if (request.content_length or 0) > MAX_WEBHOOK_BYTES:
        return Response("too large", status=413, mimetype="text/plain")
    try:
        services.record_payout_notification(account_token, dict(request.headers), request.get_data())
    except LookupError:
        return Response("no payouts here", status=404, mimetype="text/plain")
    except SignatureError:
        return Response("not signed", status=401, mimetype="text/plain")
    return Response("ok", mimetype="text/plain")
