"""Making offers: prices that fall with the pool, areas, authorised sources, sealed until published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.commodities import queries as commodities
from market.core import clock, db, faults
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.core.history import history_of
from market.offers import queries, services
from market.offers.models import Offer, OfferTier
from tests.offers.conftest import authorise, make, sphp

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_an_offer_goes_live_with_its_tiers_and_areas(cast):
    offer = make(cast.joko, note="Panen baru")
    assert (offer.state, offer.organization_id) == ("live", cast.lamongan.id)
    assert queries.price_curve(offer) == [(1, 350_000), (40, 345_000), (120, 341_000)]
    assert [(zone.place_code, zone.freight_rp) for zone in offer.zones] == [("3578", 6_000)]
    assert [change.to_state for change in history_of(offer)] == ["draft", "live"]


def test_the_least_per_delivery_point_is_one_lot_unless_said_otherwise(cast):
    assert make(cast.joko, lot_packs=4).min_per_drop_packs == 4


def test_only_suppliers_make_offers(cast):
    for actor in (cast.sri, cast.ratna, cast.kasir):
        with pytest.raises(Forbidden):
            make(actor)


def test_another_supplier_finds_nothing_to_see_change_or_withdraw(cast):
    offer = make(cast.joko)
    for act in (
        lambda: queries.offer_for(cast.nur, offer.id),
        lambda: services.update_offer(cast.nur, offer.id, note="ubah"),
        lambda: services.withdraw_offer(cast.nur, offer.id),
        lambda: services.publish_offer(cast.nur, offer.id),
        lambda: queries.offer_for(cast.joko, 10**40),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize(
    ("tiers", "field", "words"),
    [
        ([], "tier_1_price", "satu harga"),
        ([(2, 350_000)], "tier_1_from", "Baris 1"),
        ([(1, 350_000), (1, 340_000)], "tier_2_from", "Baris 2"),
        ([(1, 350_000), (40, 345_000), (30, 340_000)], "tier_3_from", "Baris 3.*lebih dari 40"),
        ([(1, 350_000), (40, 350_000)], "tier_2_price", r"Baris 2.*lebih murah dari Rp350\.000"),
        ([(1, 350_000), (40, 360_000)], "tier_2_price", "Baris 2"),
        ([(1, 350_000), (441, 340_000)], "tier_2_from", "kapasitas 440"),
        ([(1, 0)], "tier_1_price", "lebih dari nol"),
        ([(1, 372_501)], "tier_1_price", r"Baris 1: di atas HET Rp372\.500 per sak.*299/2025"),
    ],
)
def test_tiers_out_of_order_or_above_the_ceiling_are_refused_by_row(cast, tiers, field, words):
    with pytest.raises(Refused, match=words) as refusal:
        make(cast.joko, tiers=tiers)
    assert refusal.value.field == field
    assert db.session.query(Offer).count() == 0


def test_a_price_at_the_ceiling_is_allowed_and_a_reference_price_only_warns(cast):
    assert make(cast.joko, tiers=[(1, 372_500)]).state == "live"
    sugar = make(cast.joko, "GULA-50", tiers=[(1, 900_000)])
    assert services.above_reference(sugar) == 17_500 * 50
    assert services.above_reference(make(cast.joko, "GULA-50", tiers=[(1, 875_000)])) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity_packs": 0}, "capacity_packs"),
        ({"capacity_packs": 10**12}, "capacity_packs"),
        ({"lot_packs": 0}, "lot_packs"),
        ({"lot_packs": 441}, "lot_packs"),
        ({"lot_packs": 10, "min_per_drop_packs": 9}, "min_per_drop_packs"),
        ({"min_per_drop_packs": 441}, "min_per_drop_packs"),
        ({"pooled_min_packs": 441}, "pooled_min_packs"),
        ({"pooled_min_packs": -1}, "pooled_min_packs"),
        ({"terms": "barter"}, "terms"),
        ({"terms": "tempo"}, "credit_days"),
        ({"terms": "cod", "credit_days": 14}, "credit_days"),
        ({"lead_days": 61}, "lead_days"),
        ({"fixed_rp": -1}, "fixed_rp"),
        ({"valid_until_on": -1}, "valid_until_on"),
        ({"valid_until_on": 4000}, "valid_until_on"),
        ({"valid_from_on": 20}, "valid_until_on"),
        ({"zones": []}, "zone_1_place"),
        ({"zones": [("3578", 0, 0), ("3578", 1, 1)]}, "zone_2_place"),
        ({"zones": [("3578", 0, 0), ("9999", 1, 1)]}, "zone_2_place"),
        ({"zones": [("35", 0, 0)]}, "zone_1_place"),
        ({"zones": [("3578", -1, 0)]}, "zone_1_freight"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field_and_not_kept(cast, changes, field):
    for name in ("valid_until_on", "valid_from_on"):
        if name in changes:
            changes = {**changes, name: clock.today() + timedelta(days=changes[name])}
    with pytest.raises(Refused) as refusal:
        make(cast.joko, **changes)
    assert refusal.value.field == field
    assert db.session.query(Offer).count() == 0


# --- administered goods --------------------------------------------------------------------------


def test_administered_goods_come_from_authorised_sources_only(cast):
    with pytest.raises(Refused, match="sumber resmi") as refusal:
        sphp(cast.joko)
    assert refusal.value.field == "pack_id"
    authorise(cast)
    assert sphp(cast.joko).state == "live"
    with pytest.raises(Refused, match="sumber resmi"):
        sphp(cast.nur)


def test_an_authorisation_counts_only_between_its_days(cast):
    authorise(
        cast,
        valid_from_on=clock.today() + timedelta(days=3),
        valid_until_on=clock.today() + timedelta(days=5),
    )
    for days, allowed in ((0, False), (3, True), (5, True), (6, False)):
        clock.reset()
        clock.travel(days * 86_400)
        held = queries.authorisation(
            cast.lamongan.id, commodities.pack_by_code("BRS-SPHP-5").commodity_id, clock.today()
        )
        assert (held is not None) is allowed


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ([(1, 55_001)], r"Rp55\.000.*tidak lebih dan tidak kurang"),
        ([(1, 54_999)], r"Rp55\.000"),
        ([(1, 55_000), (10, 54_000)], "hanya satu harga"),
    ],
)
def test_a_fixed_price_is_neither_undercut_nor_exceeded(cast, tiers, words):
    authorise(cast)
    with pytest.raises(Refused, match=words):
        sphp(cast.joko, tiers=tiers)


def test_fertiliser_without_a_recorded_buying_price_cannot_be_offered(cast):
    authorise(cast, "UREA-50")
    with pytest.raises(Refused, match="belum dicatat"):
        make(cast.joko, "UREA-50", tiers=[(1, 85_000)])


def test_a_lapsed_authorisation_takes_the_offer_out_of_the_round(cast):
    authorise(cast, valid_until_on=clock.today() + timedelta(days=5))
    offer = sphp(cast.joko)
    assert queries.live_offers("3578", clock.today()) == [offer]
    assert queries.live_offers("3578", clock.today() + timedelta(days=6)) == []


def test_the_office_ends_an_authorisation_today(cast):
    held = authorise(cast, valid_from_on=clock.today() - timedelta(days=9))
    services.end_authorisation(cast.ratna, held.id)
    with pytest.raises(Refused, match="sumber resmi"):
        sphp(cast.joko)


def test_authorisations_are_for_the_office_for_suppliers_and_for_administered_goods(cast):
    goods = commodities.pack_by_code("BRS-SPHP-5").commodity_id
    rice = commodities.pack_by_code("BRS-PRM-25").commodity_id
    day = {"valid_from_on": clock.today(), "reference": "Surat"}
    with pytest.raises(Forbidden):
        services.authorise_supplier(cast.joko, cast.lamongan.id, goods, **day)
    with pytest.raises(NotFound):
        services.authorise_supplier(cast.ratna, cast.makmur.id, goods, **day)
    with pytest.raises(Refused, match="siapa saja"):
        services.authorise_supplier(cast.ratna, cast.lamongan.id, rice, **day)
    authorise(cast)
    with pytest.raises(Refused, match="sudah berizin"):
        authorise(cast)
    with pytest.raises(NotFound):
        services.end_authorisation(cast.ratna, 10**30)


# --- life ----------------------------------------------------------------------------------------


def test_a_draft_is_no_offer_until_it_is_published(cast):
    offer = make(cast.joko, publish=False)
    assert queries.live_offers("3578", clock.today()) == []
    services.publish_offer(cast.joko, offer.id)
    assert queries.live_offers("3578", clock.today()) == [offer]


def test_a_withdrawn_offer_is_gone_for_good(cast):
    offer = make(cast.joko)
    services.withdraw_offer(cast.joko, offer.id, "Mesin rusak")
    assert history_of(offer)[-1].reason == "Mesin rusak"
    assert queries.live_offers("3578", clock.today()) == []
    with pytest.raises(IllegalMove):
        services.publish_offer(cast.joko, offer.id)
    with pytest.raises(Conflict, match="Salin"):
        services.update_offer(cast.joko, offer.id, note="lagi")


def test_a_changed_offer_has_the_new_prices_and_says_who_changed_it(cast):
    offer = make(cast.joko)
    services.update_offer(cast.joko, offer.id, tiers=[(1, 349_000), (40, 340_000)], capacity_packs=300)
    assert queries.price_curve(offer) == [(1, 349_000), (40, 340_000)]
    assert (offer.capacity_packs, len(offer.zones)) == (300, 1)
    assert history_of(offer)[-1].reason == "diubah"
    assert [r.id for r in verify.run(None) if not r.ok] == [], (
        "an edit that keeps the state is no illegal move"
    )
    assert db.session.query(OfferTier).count() == 2


def test_a_refused_change_leaves_the_offer_as_it_was(cast):
    offer = make(cast.joko)
    db.session.commit()
    with pytest.raises(Refused):
        services.update_offer(cast.joko, offer.id, tiers=[(1, 999_999)])
    db.session.rollback()
    assert queries.price_curve(db.session.get_one(Offer, offer.id))[0] == (1, 350_000)


def test_the_second_of_two_editors_is_told(cast):
    offer = make(cast.joko)
    seen = offer.version
    services.update_offer(cast.joko, offer.id, version=seen, note="satu")
    with pytest.raises(Conflict, match="Orang lain"):
        services.update_offer(cast.joko, offer.id, version=seen, note="dua")


def test_an_offer_ends_after_its_last_day(cast):
    offer = make(cast.joko, valid_until_on=clock.today() + timedelta(days=1))
    clock.travel(86_400)
    assert services.expire_old() == 0
    clock.travel(86_400)
    assert services.expire_old() == 1
    assert offer.state == "expired"


def test_a_crash_while_making_an_offer_leaves_nothing(cast):
    with pytest.raises(faults.FaultInjected), faults.armed("offers.made"):
        make(cast.joko)
    db.session.rollback()
    assert db.session.query(Offer).count() == 0
