"""Random kitchens: asked, paid, short, returned or kept, every kilogram and rupiah has its place."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.core import db
from market.core.errors import Refused
from market.inputs import queries, services
from market.inputs.models import InputRequest
from market.inputs.services import amounts
from market.ledger import chart
from tests.inputs.conftest import KG, balance, broken, need_of, pool_of, request_of

UNITS = st.integers(1, 400)
ASKED = st.lists(
    st.tuples(UNITS, UNITS).map(lambda pair: (pair[0], pair[0] + pair[1])), min_size=1, max_size=6
)


@given(asked=ASKED, own=UNITS, room=UNITS, arrived=st.integers(0, 3_000))
def test_shares_lose_no_kilogram_and_never_give_too_much(asked, own, room, arrived):
    given_units, rest = amounts.shares(arrived, (own, own + room), asked)
    assert sum(given_units) + rest == arrived
    assert all(0 <= got <= most for got, (_wanted, most) in zip(given_units, asked, strict=True))
    wants = sum(wanted for wanted, _most in asked) + own
    if arrived >= wants:
        assert all(got >= wanted for got, (wanted, _most) in zip(given_units, asked, strict=True))
        assert rest >= own
    else:
        pairs = zip(given_units, asked, strict=True)
        assert all(abs(got * wants - arrived * wanted) < wants for got, (wanted, _m) in pairs)


@given(quote=st.integers(1_000, 30_000), margin=st.integers(0, 3_000), units=st.integers(1, 50))
def test_what_the_shop_may_pay_never_breaks_a_promise(quote, margin, units):
    most = amounts.affordable_rp(quote, margin, units)
    if most:
        assert amounts.price_rp(most, units, margin) <= quote


BUYER = st.tuples(
    st.integers(1, 70),  # kilograms wanted
    st.integers(0, 40),  # and how many more at most
    st.sampled_from(("prepaid", "tempo")),
    st.sampled_from(("collect", "keep", "withdraw", "give_up", "wait")),
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    buyers=st.lists(BUYER, min_size=1, max_size=4),
    own=st.integers(0, 3),
    missing=st.integers(0, 3),
    pack_rp=st.integers(150_000, 266_000),
    quote=st.integers(10_000, 12_000),
)
def test_every_kilogram_and_rupiah_is_accounted_for(kitchen, buyers, own, missing, pack_rp, quote):
    """One database lives through all examples: each adds its own kitchen to the same books."""
    asked = [(_asked(kitchen, buyer, quote), buyer[3]) for buyer in buyers]
    asked = [(each, act) for each, act in asked if each]
    if not asked:
        return
    need = kitchen.open_pool(own)
    for request_id, act in asked:
        if act == "withdraw":
            kitchen.withdraw(request_id)
    assert broken() == []
    _deliver(kitchen, need, missing, pack_rp)
    for request_id, act in asked:
        _end(kitchen, request_id, act)
    assert broken() == []
    _accounted(kitchen, need, [request_id for request_id, _act in asked])


def _asked(kitchen, buyer, quote: int) -> int | None:
    wanted, more, terms, _act = buyer
    request_id = kitchen.ask(wanted, wanted + more, terms=terms)
    try:
        kitchen.approve(request_id, quote, terms)
    except Refused:  # beyond the limit of credit
        with db.transaction():
            services.decline_request(kitchen.cast.sri, request_id, "batas tempo")
        return None
    return kitchen.pay(request_id) if terms == "prepaid" else request_id


def _deliver(kitchen, need: int, missing: int, pack_rp: int) -> None:
    found = need_of(need)
    if found.state == "open":
        kitchen.arrive(need, max(1, found.at_most_packs - missing), pack_rp)
        if any(each.state == "pooled" for each in shares_of(need)):
            kitchen.share(need)


def shares_of(need: int) -> list[InputRequest]:
    with db.transaction(read_only=True):
        return queries.shares_of(need)


def _end(kitchen, request_id: int, act: str) -> None:
    state = request_of(request_id).state
    if state == "ready" and act in ("collect", "keep"):
        kitchen.collect(request_id, change="return" if act == "collect" else "keep")
        owed = request_of(request_id).owed_rp
        if owed:
            kitchen.settle(request_id, owed)
    elif state == "ready" and act == "give_up":
        with db.transaction():
            services.give_up(kitchen.cast.sri, request_id, "tidak diambil")
    if request_of(request_id).state == "refund_pending":
        kitchen.refund(request_id)


def _accounted(kitchen, need: int, requests: list[int]) -> None:
    found = [request_of(each) for each in requests]
    pool = pool_of(need)
    if pool.shared_at is not None:
        assert pool.arrived_base == pool.own_base + sum(each.given_base for each in found)
    for each in found:
        assert each.given_base <= each.at_most_base
        assert each.price_rp is None or each.price_rp <= each.quote_rp
        assert each.amount_rp == each.given_base // KG * (each.price_rp or 0)
        if each.state in ("refunded", "unmet", "withdrawn"):
            assert (each.open_rp, each.owed_rp) == (0, 0)
            assert each.used_rp == (each.amount_rp if each.collected_on else 0)
    assert balance(kitchen, chart.CUSTOMER_ADVANCES) <= 0
    assert balance(kitchen, chart.CASH) >= 0
