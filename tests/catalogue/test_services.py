"""Members list, the cooperative decides; nobody approves what they have not read."""

from __future__ import annotations

import io
import os

import pytest
from PIL import Image

from market import wiring
from market.catalogue import queries, queries_sold, services
from market.catalogue.models import unit_price
from market.catalogue.services.rules import PHOTO_SIZES
from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db, files
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.core.history import history_of
from market.core.permissions import Role
from market.notices import queries as notices
from market.stock import queries as stock
from tests import factories
from tests.retail import shop


@pytest.fixture(autouse=True)
def open_transaction(cast, transaction):
    """The cast first, then one open transaction for the whole test."""


@pytest.fixture
def tini(cast, transaction):
    return shop.seller(cast)


@pytest.fixture
def waiting(tini):
    return shop.crisps(tini)


def refused_field(act, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value.field


class TestListing:
    def test_a_listed_product_waits_for_the_cooperative_of_its_seller(self, cast, tini, waiting):
        assert (waiting.state, waiting.cooperative_id) == ("submitted", cast.makmur.id)
        assert waiting.organization_id == tini.organization_id
        assert [change.to_state for change in history_of(waiting)] == ["draft", "submitted"]
        assert queries.shelf(cast.makmur.id) == []

    def test_a_draft_is_seen_by_nobody_and_submitted_when_its_owner_says_so(self, cast, tini):
        draft = shop.crisps(tini, submit=False)
        assert draft.state == "draft"
        assert queries.products_of(cast.sri) == []
        for see in (queries.product_for, queries.product_in_shop):
            with pytest.raises(NotFound):
                see(cast.sri, draft.id)
        assert shop.tasks(cast.sri) == []
        assert services.submit_again(tini, draft.id).state == "submitted"
        assert shop.tasks(cast.sri) == [("product_waits", draft.id)]

    def test_the_photo_of_a_listing_that_was_rolled_back_is_swept_away_a_shown_one_stays(self, tini):
        kept = shop.crisps(tini, photo=shop.photo())
        undone = db.session.begin_nested()
        lost = shop.crisps(tini, name="Batal", photo=shop.photo()).photo
        undone.rollback()
        for path in files._root.rglob("*.webp"):
            os.utime(path, (0, 0))
        wiring.sweep_photos()
        assert files.open_photo(kept.photo, 320)
        with pytest.raises(NotFound):
            files.open_photo(lost, 320)

    def test_what_the_camera_wrote_into_the_photo_is_gone(self, tini):
        exif = Image.Exif()
        exif[0x010F] = "KameraRahasia"
        exif.get_ifd(0x8825)[2] = (7.0, 15.0, 0.0)
        upload = shop.photo(exif=exif.tobytes())
        assert b"KameraRahasia" in upload
        stored = shop.crisps(tini, photo=upload)
        for size in PHOTO_SIZES:
            kept = files.open_photo(stored.photo, size)
            assert b"KameraRahasia" not in kept
            assert not Image.open(io.BytesIO(kept)).getexif()

    @pytest.mark.parametrize(
        "data", [b"<script>alert(1)</script>", b"GIF89a" + b"0" * 50, b"\xff\xd8\xff\xe0cut", b"%PDF-1.7"]
    )
    def test_a_photo_that_is_no_photo_is_refused_at_the_field(self, tini, data):
        assert refused_field(shop.crisps, tini, photo=data) == "photo"

    @pytest.mark.parametrize("price", [0, -1, 100_000_001, 10**18])
    def test_a_price_of_nothing_or_of_a_house_is_refused(self, tini, price):
        assert refused_field(shop.crisps, tini, price_rp=price) == "price_rp"

    @pytest.mark.parametrize(
        "net", [{"net_weight_g": 0}, {"net_weight_g": -5}, {"net_weight_g": 10**9}, {"net_volume_ml": 5}]
    )
    def test_a_weight_of_nothing_or_two_measures_are_refused(self, tini, net):
        assert refused_field(shop.crisps, tini, **{"net_weight_g": 250, **net}) == "net"

    def test_a_pirt_number_has_its_form_and_its_year(self, tini):
        this_year = clock.today().year % 100
        good = f"2063578010999-{this_year + 2}"
        assert shop.crisps(tini, pirt=good).pirt == good
        assert shop.crisps(tini, pirt="").pirt == ""
        assert shop.crisps(tini, pirt=good + "\n").pirt == good
        too_long = f"2063578010999-{this_year + 6}"
        ended = f"2063578010999-{this_year - 1}"
        for wrong in (ended, too_long, "123", "2063578010999", "２０６３５７８０１０９９９-28"):
            assert refused_field(shop.crisps, tini, pirt=wrong) == "pirt", wrong

    def test_nobody_is_called_halal_who_did_not_say_so(self, cast, tini, waiting):
        assert waiting.halal == "unstated"
        assert refused_field(shop.crisps, tini, halal="halal") == "halal"

    def test_a_seller_without_a_cooperative_is_told_so(self, cast):
        alone = factories.actor(Role.SELLER_OWNER, factories.organization("seller", "Warung Sendiri"))
        with pytest.raises(Refused, match="belum terhubung"):
            shop.crisps(alone)

    def test_a_cooperative_lists_no_consignment_of_its_own(self, cast):
        with pytest.raises(Refused, match="kemasan"):
            shop.crisps(cast.sri)

    @pytest.mark.parametrize("who", ["kasir", "budi", "joko", "ratna"])
    def test_others_list_nothing(self, cast, who):
        with pytest.raises(Forbidden):
            shop.crisps(getattr(cast, who))


class TestDeciding:
    def test_an_approved_product_lies_on_the_shelf_at_the_agreed_commission(self, cast, waiting, tini):
        services.approve_product(cast.sri, waiting.id, 1_250)
        (item,) = queries.shelf(cast.makmur.id)
        assert (item.name, item.seller, item.commission_bp, item.left) == (
            "Keripik Singkong",
            "Keripik Bu Tini",
            1_250,
            0,
        )
        assert not item.own
        assert [notice.kind for notice in notices.inbox(tini)] == ["product_published"]

    def test_a_rejected_product_comes_back_with_its_reason_and_may_be_mended(self, cast, waiting, tini):
        services.reject_product(cast.sri, waiting.id, "Foto buram")
        assert waiting.state == "rejected"
        assert history_of(waiting)[-1].reason == "Foto buram"
        assert notices.inbox(tini)[0].body == "Foto buram"
        assert shop.tasks(tini) == [("product_rejected", waiting.id)]
        shop_facts = {"name": "Keripik Singkong Gurih", "price_rp": 16_000, "unit_label": "bungkus"}
        assert services.update_product(tini, waiting.id, **shop_facts).state == "submitted"

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_a_rejection_needs_a_reason(self, cast, waiting, reason):
        assert refused_field(services.reject_product, cast.sri, waiting.id, reason) == "reason"

    def test_the_cooperative_next_door_cannot_decide(self, cast, waiting):
        for act in (
            lambda: services.approve_product(cast.wati, waiting.id, 0),
            lambda: services.reject_product(cast.wati, waiting.id, "tidak suka"),
            lambda: services.withdraw_product(cast.wati, waiting.id),
            lambda: services.receive_consignment(cast.wati, waiting.id, 5),
        ):
            with pytest.raises(NotFound):
                act()
        assert waiting.state == "submitted"

    @pytest.mark.parametrize("who", ["kasir", "budi"])
    def test_cashier_and_treasurer_do_not_decide(self, cast, waiting, who):
        person = getattr(cast, who)
        for act in (
            lambda: services.approve_product(person, waiting.id, 0),
            lambda: services.reject_product(person, waiting.id, "x"),
            lambda: services.withdraw_product(person, waiting.id),
        ):
            with pytest.raises(Forbidden):
                act()

    def test_the_supervisor_takes_nothing_off_the_shelf(self, cast, waiting):
        lurah = factories.actor(Role.LURAH, cast.makmur)
        with pytest.raises(Forbidden):
            services.withdraw_product(lurah, waiting.id)

    @pytest.mark.parametrize("commission", [-1, 5_001, 10**9])
    def test_the_commission_stays_between_nothing_and_half(self, cast, waiting, commission):
        field = refused_field(services.approve_product, cast.sri, waiting.id, commission)
        assert field == "commission_percent"

    def test_a_seller_does_not_approve_the_own_product(self, tini, waiting):
        with pytest.raises(Forbidden):
            services.approve_product(tini, waiting.id, 0)

    def test_nobody_approves_another_price_than_the_one_they_read(self, cast, tini, waiting):
        seen = waiting.version
        services.update_product(tini, waiting.id, name="Keripik", price_rp=99_000, unit_label="bungkus")
        with pytest.raises(Conflict):
            services.approve_product(cast.sri, waiting.id, 0, version=seen)
        with pytest.raises(Conflict):
            services.reject_product(cast.sri, waiting.id, "mahal", version=seen)
        assert services.approve_product(cast.sri, waiting.id, 0, version=waiting.version).state == "published"

    def test_a_decision_is_made_once(self, cast, waiting):
        services.approve_product(cast.sri, waiting.id, 0)
        with pytest.raises(Refused):
            services.approve_product(cast.sri, waiting.id, 0)
        with pytest.raises(IllegalMove):
            services.reject_product(cast.sri, waiting.id, "terlambat")


class TestOwnPacks:
    @pytest.fixture
    def rice(self, cast, transaction):
        reference.load_reference()
        return commodities.pack_by_code("BRS-PRM-5")

    def test_the_own_pack_lies_on_the_shelf_at_its_price(self, cast, rice):
        product = services.sell_pack(cast.sri, rice.id, 68_000)
        (item,) = queries.shelf(cast.makmur.id)
        assert item.own
        assert (item.name, item.unit_label, item.unit_price.price_rp, item.unit_price.per) == (
            "Beras premium",
            "kemasan 5 kg",
            13_600,
            "kg",
        )
        assert product.state == "published"

    def test_the_ceiling_itself_is_allowed_and_one_rupiah_more_is_not(self, cast, rice):
        ceiling = commodities.ceiling_rp(rice, cast.makmur.place_code, clock.today())
        assert ceiling is not None
        with pytest.raises(Refused, match="HET") as refusal:
            services.sell_pack(cast.sri, rice.id, ceiling + 1)
        assert refusal.value.field == "price_rp"
        product = services.sell_pack(cast.sri, rice.id, ceiling)
        with pytest.raises(Refused, match="HET"):
            services.change_price(cast.sri, product.id, ceiling + 1)
        assert product.price_rp == ceiling

    def test_the_same_pack_lies_there_once_and_comes_back_after_a_pause(self, cast, rice):
        product = services.sell_pack(cast.sri, rice.id, 68_000)
        assert refused_field(services.sell_pack, cast.sri, rice.id, 67_000) == "pack_id"
        services.withdraw_product(cast.sri, product.id)
        again = services.sell_pack(cast.sri, rice.id, 67_000)
        assert (again.id, again.state, again.price_rp) == (product.id, "published", 67_000)

    @pytest.mark.parametrize(
        ("code", "words"), [("LPG-3", "gerai"), ("MKT-1", "gerai"), ("BRS-PRM-25", "grosir")]
    )
    def test_goods_that_may_not_go_online_or_are_bulk_are_refused(self, cast, rice, code, words):
        with pytest.raises(Refused, match=words) as refusal:
            services.sell_pack(cast.sri, commodities.pack_by_code(code).id, 10_000)
        assert refusal.value.field == "pack_id"

    def test_a_pack_is_sold_by_those_who_decide_on_the_shelf(self, cast, rice, tini):
        for person in (cast.kasir, cast.budi, tini, cast.joko):
            with pytest.raises(Forbidden):
                services.sell_pack(person, rice.id, 60_000)

    def test_a_pack_above_a_ceiling_that_fell_is_known(self, cast, rice):
        product = services.sell_pack(cast.sri, rice.id, 68_000)
        assert queries.above_ceiling(cast.makmur.id, [product]) == []
        product.price_rp = 99_000
        db.session.flush()
        assert queries.above_ceiling(cast.makmur.id, [product]) == [product]

    def test_only_the_own_shop_changes_the_price(self, cast, rice):
        product = services.sell_pack(cast.sri, rice.id, 68_000)
        with pytest.raises(NotFound):
            services.change_price(cast.wati, product.id, 60_000)
        with pytest.raises(Conflict):
            services.change_price(cast.sri, product.id, 60_000, version=product.version + 1)


class TestConsignment:
    @pytest.fixture
    def sold(self, cast, waiting):
        return services.approve_product(cast.sri, waiting.id, 500)

    def test_brought_goods_are_counted_and_cost_the_cooperative_nothing(self, cast, tini, sold):
        item = services.receive_consignment(cast.kasir, sold.id, 20)
        assert (item.on_hand_base, item.value_rp, item.owned) == (20, 0, False)
        assert queries.shelf(cast.makmur.id)[0].left == 20
        assert queries_sold.sold([sold])[sold.id] == queries_sold.Sold(brought=20, on_hand=20)
        assert "consigned" in {notice.kind for notice in notices.inbox(tini)}

    def test_unsold_goods_go_back_but_not_more_than_are_free(self, cast, sold):
        item = services.receive_consignment(cast.kasir, sold.id, 20)
        services.return_consignment(cast.kasir, sold.id, 15, "mendekati kedaluwarsa")
        assert stock.free_base(item.id) == 5
        with pytest.raises(Refused, match="tinggal"):
            services.return_consignment(cast.kasir, sold.id, 6, "lagi")
        assert refused_field(services.return_consignment, cast.kasir, sold.id, 1, " ") == "reason"
        assert queries_sold.sold([sold])[sold.id].taken_back == 15

    @pytest.mark.parametrize("quantity", [0, -3, 10_001, 10**30])
    def test_a_quantity_outside_reason_is_refused(self, cast, sold, quantity):
        assert refused_field(services.receive_consignment, cast.kasir, sold.id, quantity) == "quantity"

    def test_goods_of_a_product_that_is_not_approved_stay_with_the_member(self, cast, waiting):
        with pytest.raises(Refused, match="disetujui"):
            services.receive_consignment(cast.kasir, waiting.id, 5)

    def test_the_member_does_not_book_the_goods_into_the_shop(self, tini, sold):
        with pytest.raises(Forbidden):
            services.receive_consignment(tini, sold.id, 5)


@pytest.mark.parametrize(
    ("price", "grams", "millilitres", "expected"),
    [
        (15_000, 250, None, (6_000, "100 g")),
        (68_000, 5_000, None, (13_600, "kg")),
        (10_000, 499, None, (2_004, "100 g")),
        (10_000, 500, None, (20_000, "kg")),
        (17_000, None, 2_000, (8_500, "L")),
        (6_000, None, 330, (1_818, "100 ml")),
    ],
)
def test_the_unit_price_makes_packs_comparable(price, grams, millilitres, expected):
    found = unit_price(price, grams, millilitres)
    assert (found.price_rp, found.per) == expected


def test_without_a_measure_there_is_no_unit_price():
    assert unit_price(15_000, None, None) is None


@pytest.mark.parametrize("net", [(1_000, None), (None, 1_000), (100, None), (None, 100)])
def test_a_pack_of_exactly_that_amount_needs_no_second_price(net):
    assert unit_price(15_000, *net) is None
