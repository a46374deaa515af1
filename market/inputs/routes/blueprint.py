"""The blueprint of inputs, and what its pages share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from market.commodities.models import Commodity
from market.core import clock, messages, money, quantity
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.inputs import forms, queries
from market.inputs.models import InputRequest
from market.web.access import current_actor
from market.web.forms import Choices

bp = Blueprint("inputs", __name__)
Answer = str | Response | tuple[str, int]
USUAL_DAYS = 7
DEFAULT_UNITS = {"g": "kg", "ml": "l", "pcs": "pcs"}


def amount(base: int, request: InputRequest) -> str:
    """ "50 kg", in the unit of the request's good."""
    return quantity.format_base(base, request.commodity.base_unit)


bp.context_processor(lambda: {"number": money.group, "amount": amount})


def cooperative() -> Actor:
    """Who is asking, from a cooperative; raises NotFound for others."""
    actor = current_actor()
    if actor.organization_kind != "cooperative":
        raise NotFound(_("Halaman ini untuk koperasi."))
    return actor


def accounts() -> Choices:
    return [(value, str(word)) for value, word in forms.ACCOUNTS.items()]


def terms() -> Choices:
    return [(value, str(word)) for value, word in forms.TERMS.items()]


def changes() -> Choices:
    return [(value, str(word)) for value, word in forms.CHANGES.items()]


def goods() -> Choices:
    return [(str(each.id), each.name) for each in queries.offered_commodities()]


def usual() -> dict[str, Any]:
    """What a new request begins with."""
    return {"needed_by_on": clock.today() + timedelta(days=USUAL_DAYS), "terms": "prepaid"}


def typed(form: forms.RequestForm) -> dict[str, Any] | None:
    """What was typed as arguments of the services, amounts in base units; None when an amount is wrong."""
    values = form.values()
    good = next(each for each in queries.offered_commodities() if each.id == values["commodity_id"])
    for name in ("wanted", "at_most"):
        values[f"{name}_base"] = _base(form, name, str(values.pop(name) or ""), good)
    return None if form.errors or form.form_errors else values


def _base(form: forms.RequestForm, name: str, text: str, good: Commodity) -> int | None:
    """ "50" counts in kilograms or litres."""
    if not text:
        return None
    try:
        return quantity.parse(text, good.base_unit, default_unit=DEFAULT_UNITS[good.base_unit])
    except Refused as refusal:
        form.refuse(Refused(refusal.message, field=name))
        return None


def to(request_id: int) -> Response:
    """Back to the page of a request."""
    return redirect(url_for("inputs.show", request_id=request_id), 303)


def link(token: str) -> str:
    """The address of a buyer's own page, to be sent."""
    return messages.link(url_for("inputs.show_own", token=token))
