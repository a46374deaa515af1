"""Prices at /harga: what binds, what is usual, where it is written; rules change by two people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.commodities import queries, services
from market.commodities.forms import (
    CHANNELS,
    HANDLINGS,
    KINDS,
    LEVELS,
    REGIONS,
    DecisionForm,
    ObservationForm,
    RuleForm,
)
from market.commodities.models import Commodity
from market.core import clock, money
from market.core.i18n import _
from market.core.permissions import Permission
from market.places import queries as places
from market.web.access import current_actor, requires
from market.web.forms import Choices

bp = Blueprint("commodities", __name__, url_prefix="/harga")
bp.context_processor(lambda: {"number": money.group})

Answer = str | Response | tuple[str, int]


@bp.get("/")
@requires(Permission.COMMODITIES_VIEW)
def index() -> Answer:
    """Every good with its ceiling, fixed price and the price last seen where the person is."""
    actor, today = current_actor(), clock.today()
    return render_template(
        "commodities/index.html",
        commodities=queries.commodities(),
        book=queries.rule_book(actor.scope_code, today),
        seen=queries.market_prices(actor.scope_code, today),
        region=_region_name((actor.scope_code or "")[:4]) or _("Indonesia"),
        today=today,
    )


def _region_name(key: str) -> str:
    return str(REGIONS[key]) if key in REGIONS else places.names({key}).get(key, key)


@bp.get("/<code>")
@requires(Permission.COMMODITIES_VIEW)
def show(code: str) -> Answer:
    """One good: packs, rules of the past and to come, quotas, prices seen."""
    return _shown(queries.commodity_by_code(code), _rule_form(), _observation_form(), 200)


def _shown(commodity: Commodity, rule: RuleForm, seen: ObservationForm, status: int) -> Answer:
    actor, today = current_actor(), clock.today()
    rules = queries.rules_of(commodity.id, queries.region_keys(actor.scope_code))
    observations = queries.observations_of(commodity.id)
    keys = {rule.region_key for rule in rules} | {each.region_key for each in observations}
    page = render_template(
        "commodities/show.html",
        commodity=commodity,
        packs=[pack for pack in queries.packs() if pack.commodity_id == commodity.id],
        book=queries.rule_book(actor.scope_code, today, [commodity.id]),
        rules=rules,
        quotas=queries.quotas_of(commodity.id, today),
        observations=observations,
        regions={key: _region_name(key) for key in keys},
        words=_words(),
        rule_form=rule,
        observation_form=seen,
        today=today,
    )
    return page, status


def _words() -> dict[str, Any]:
    return {"kinds": KINDS, "channels": CHANNELS, "levels": LEVELS, "handlings": HANDLINGS}


def _choices(words: dict[str, Any]) -> Choices:
    return [(value, str(label)) for value, label in words.items()]


def _rule_form() -> RuleForm:
    regions = {key: _region_name(key) for key in queries.region_keys(current_actor().scope_code)}
    start = {"valid_from_on": clock.today(), "region_key": "national", "channel": "consumer"}
    return RuleForm.load(
        start, kind=_choices(KINDS), channel=_choices(CHANNELS), region_key=_choices(regions)
    )


def _observation_form() -> ObservationForm:
    return ObservationForm.load({"observed_on": clock.today()}, level=_choices(LEVELS))


@bp.post("/<code>/pengamatan")
@requires(Permission.PRICE_OBSERVE)
def create_observation(code: str) -> Answer:
    """Note a price that was seen."""
    commodity = queries.commodity_by_code(code)
    form = _observation_form()
    if form.validate():
        with form.guard():
            values = {**form.values(), "source": form.source.data or ""}
            services.observe_price(current_actor(), commodity_id=commodity.id, **values)
            flash(_("Harga tercatat. Terima kasih."))
            return redirect(url_for("commodities.show", code=code), 303)
    return _shown(commodity, _unsent(RuleForm), form, 422)


@bp.post("/<code>/usulan")
@requires(Permission.PRICE_RULE_PROPOSE)
def create_proposal(code: str) -> Answer:
    """Propose a price rule; it binds nobody before a second person approves."""
    commodity = queries.commodity_by_code(code)
    form = _rule_form()
    if form.validate():
        with form.guard():
            values = {**form.values(), "source_url": form.source_url.data or "", "note": form.note.data or ""}
            services.propose_price_rule(current_actor(), commodity_id=commodity.id, **values)
            flash(_("Usulan tersimpan. Kepala dinas menyetujui dalam 72 jam."))
            return redirect(url_for("commodities.index_proposals"), 303)
    return _shown(commodity, form, _unsent(ObservationForm), 422)


def _unsent(kind: type[Any]) -> Any:
    """The page's other form, which was not sent and must not complain."""
    form = kind()
    for name, words in (("kind", KINDS), ("channel", CHANNELS), ("level", LEVELS)):
        if name in form:
            form[name].choices = _choices(words)
    if "region_key" in form:
        keys = queries.region_keys(current_actor().scope_code)
        form["region_key"].choices = [(key, _region_name(key)) for key in keys]
    return form


@bp.get("/usulan")
@requires(Permission.PRICE_RULE_PROPOSE)
def index_proposals() -> Answer:
    """Price rules that wait for a second person."""
    return _proposals(_decision_form(), 200)


def _decision_form() -> DecisionForm:
    return DecisionForm.load(decision=[("approve", _("Setujui")), ("reject", _("Tolak"))])


def _proposals(form: DecisionForm, status: int) -> Answer:
    waiting = queries.proposals(current_actor().organization_id or 0)
    today = clock.today()
    now = {
        rule.id: queries.rule_book(current_actor().scope_code, today, [rule.commodity_id]).rule(
            rule.commodity_id, rule.kind, rule.channel
        )
        for _approval, rule in waiting
    }
    page = render_template(
        "commodities/index_proposals.html",
        waiting=waiting,
        now=now,
        form=form,
        regions={rule.region_key: _region_name(rule.region_key) for _approval, rule in waiting},
        words=_words(),
    )
    return page, status


@bp.post("/usulan/<int:approval_id>/keputusan")
@requires(Permission.PRICE_RULE_APPROVE)
def create_decision(approval_id: int) -> Answer:
    """The second person's word on a proposed rule."""
    form = _decision_form()
    if form.validate():
        with form.guard():
            approve = form.decision.data == "approve"
            services.approve_price_rule(current_actor(), approval_id, approve, form.reason.data or "")
            flash(_("Aturan berlaku mulai tanggalnya.") if approve else _("Usulan ditolak."))
            return redirect(url_for("commodities.index_proposals"), 303)
    return _proposals(form, 422)
