"""Permits of real sellers: stated, checked, ending, renewed; and what that does to their products."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from market.catalogue import queries, queries_permits, services
from market.catalogue.jobs import on_permit_rules_changed
from market.catalogue.models import Product
from market.core import clock, db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.permissions import Role
from market.identity.models import Organization
from market.notices import queries as notices
from market.retail import services as retail
from tests import factories
from tests.retail import shop

HALAL_DAY = date(2026, 10, 17)
PIRT, HALAL = "2063578010999-28", "ID35110000123450921"
PIRT_ENDS = date(2028, 12, 31)
PACKED = {
    "category": "camilan",
    "packaging": "plastic",
    "shelf_life_days": 90,
    "ingredients": "singkong, minyak, garam",
    "label_dated": True,
}


def travel(day: date) -> None:
    clock.travel(to=datetime(day.year, day.month, day.day, 3, tzinfo=UTC))


@pytest.fixture(autouse=True)
def before_the_day(cast, transaction):
    """Everybody first, the rules of the reference data, and the day a fortnight before halal binds."""
    services.load_permit_rules()
    travel(HALAL_DAY - timedelta(days=14))
    yield
    clock.reset()


@pytest.fixture
def tini(cast, transaction):
    actor = shop.seller(cast)
    db.session.get_one(Organization, actor.organization_id).address = "Jl. Kenari 3, Surabaya"
    return actor


def crisps(actor, **details):
    return shop.crisps(actor, **{**PACKED, **details})


@pytest.fixture
def sold(cast, tini):
    """Crisps with a checked P-IRT, whose halal certificate is under way."""
    product = crisps(tini, pirt=PIRT, halal="in_process")
    return services.approve_product(cast.sri, product.id, 1_000, permits_checked=True)


def refused_field(act, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value.field


class TestPublishing:
    @pytest.mark.parametrize(
        ("missing", "field"),
        [
            ({"net_weight_g": None}, "net"),
            ({"ingredients": ""}, "ingredients"),
            ({"label_dated": False}, "label_dated"),
            ({"pirt": ""}, "pirt"),
        ],
    )
    def test_what_a_duty_in_force_lacks_is_refused_at_its_field_and_may_stay_a_draft(
        self, tini, missing, field
    ):
        facts = {"pirt": PIRT, **missing}
        assert refused_field(crisps, tini, **facts) == field
        assert crisps(tini, **facts, submit=False).state == "draft"

    def test_the_cooperative_does_not_publish_before_it_has_compared_the_numbers(self, cast, tini):
        product = crisps(tini, pirt=PIRT)
        with pytest.raises(Refused, match="belum diperiksa"):
            services.approve_product(cast.sri, product.id, 1_000)
        assert product.state == "submitted"
        assert (
            services.approve_product(cast.sri, product.id, 1_000, permits_checked=True).state == "published"
        )

    def test_from_the_day_on_nothing_uncertified_is_published(self, cast, tini):
        product = crisps(tini, pirt=PIRT, halal="in_process")
        travel(HALAL_DAY)
        with pytest.raises(Refused, match="halal"):
            services.approve_product(cast.sri, product.id, 1_000, permits_checked=True)
        services.update_product(
            tini,
            product.id,
            **{**PACKED, "name": product.name, "price_rp": 15_000, "unit_label": "bungkus"},
            halal="certified",
            halal_number=HALAL,
        )
        approved = services.approve_product(cast.sri, product.id, 1_000, permits_checked=True)
        assert (approved.state, approved.lawful_until_on) == ("published", PIRT_ENDS)

    def test_a_maker_without_an_address_is_told_to_write_it(self, tini):
        db.session.get_one(Organization, tini.organization_id).address = ""
        with pytest.raises(Refused, match="alamat usaha"):
            crisps(tini, pirt=PIRT)

    def test_what_was_published_under_the_old_rule_knows_its_last_day(self, sold):
        assert sold.lawful_until_on == HALAL_DAY - timedelta(days=1)


class TestTheDay:
    def on_sale(self, product):
        return [p.id for p in queries.products_on_sale(product.cooperative_id, [product.id])]

    def test_the_eve_sells_and_the_day_does_not_whether_or_not_a_worker_came_by(self, sold):
        travel(HALAL_DAY - timedelta(days=1))
        assert self.on_sale(sold) == [sold.id]
        travel(HALAL_DAY)
        assert sold.state == "published"
        assert self.on_sale(sold) == []
        assert queries.shelf(sold.cooperative_id) == []
        assert queries.shelf_items(sold.cooperative_id, [sold.id]) == {}
        with pytest.raises(NotFound):
            queries.published(sold.id)

    def test_an_order_of_the_eve_is_handed_over_and_a_new_one_is_refused(self, cast, sold):
        retail.receive_consignment(cast.kasir, sold.id, 5)
        travel(HALAL_DAY - timedelta(days=1))

        def order():
            return retail.place_order(retail.BUYER, sold.cooperative_id, {sold.id: 1}, "Bu Ani", shop.PHONE)

        placed = order()
        travel(HALAL_DAY)
        with pytest.raises(Refused):
            order()
        services.review_permits()
        assert (sold.state, placed.state) == ("paused", "placed")

    def test_the_worker_pauses_it_once_and_tells_both_sides(self, cast, tini, sold):
        travel(HALAL_DAY)
        assert services.review_permits() == 1
        assert services.review_permits() == 0
        assert sold.state == "paused"
        assert notices.inbox(tini)[0].kind == "product_paused"
        assert "halal" in notices.inbox(tini)[0].body
        assert notices.inbox(cast.sri)[0].kind == "product_paused"
        assert ("product_paused", sold.id) in shop.tasks(tini)

    def test_it_comes_back_by_itself_once_the_certificate_is_checked(self, cast, tini, sold):
        travel(HALAL_DAY)
        services.review_permits()
        facts = {"name": sold.name, "price_rp": sold.price_rp, "unit_label": sold.unit_label}
        services.update_product(tini, sold.id, **facts, halal="certified", halal_number=HALAL)
        assert sold.state == "submitted"
        services.approve_product(cast.sri, sold.id, 1_000, permits_checked=True)
        assert self.on_sale(sold) == [sold.id]

    def test_a_new_date_alone_makes_nobody_s_reading_stale(self, cast, sold):
        version = sold.version
        travel(HALAL_DAY - timedelta(days=13))
        services.review_permits()
        db.session.refresh(sold)
        assert sold.version == version


class TestPermits:
    @pytest.fixture
    def lawful(self, cast, tini):
        product = crisps(tini, pirt=PIRT, halal="not_halal")
        return services.approve_product(cast.sri, product.id, 1_000, permits_checked=True)

    def test_a_number_has_its_form(self, tini):
        for kind, number in (
            ("nib", "12"),
            ("pirt", "2063578010999"),
            ("md", "123"),
            ("halal", "3511000012"),
        ):
            assert refused_field(services.state_permit, tini, kind, number) == "number", kind
        assert refused_field(services.state_permit, tini, "ktp", "1") == "kind"

    def test_a_pirt_ends_with_its_year_and_no_other_date_is_believed(self, tini):
        assert services.state_permit(tini, "pirt", PIRT).valid_until_on == PIRT_ENDS
        act = services.state_permit
        assert refused_field(act, tini, "pirt", PIRT, valid_until_on=date(2029, 1, 1)) == "valid_until_on"
        assert (
            refused_field(act, tini, "nib", "9120001234567", valid_until_on=date(2026, 1, 1))
            == "valid_until_on"
        )

    def test_the_same_number_stated_twice_is_one_permit(self, tini):
        first = services.state_permit(tini, "nib", "9120001234567")
        assert services.state_permit(tini, "nib", "9120001234567").id == first.id
        assert len(queries_permits.permits_of(tini)) == 1

    def test_a_permit_that_ends_stops_the_sale_and_a_renewed_one_brings_it_back(self, cast, tini, lawful):
        assert lawful.lawful_until_on == PIRT_ENDS
        travel(PIRT_ENDS + timedelta(days=1))
        services.review_permits()
        assert lawful.state == "paused"
        renewed = services.state_permit(tini, "pirt", "2063578010999-33", lawful.id)
        assert lawful.state == "paused"
        services.check_permit(cast.sri, renewed.id, right=True)
        assert (lawful.state, lawful.lawful_until_on) == ("published", date(2033, 12, 31))
        assert notices.inbox(tini)[0].kind == "product_resumed"

    def test_a_permit_that_was_wrong_after_all_stops_the_sale_at_once(self, cast, tini, lawful):
        (permit,) = queries_permits.permits_for(lawful)
        assert refused_field(services.check_permit, cast.sri, permit.id, right=False) == "reason"
        services.check_permit(cast.sri, permit.id, right=False, reason="Nomor milik usaha lain")
        assert lawful.state == "paused"
        assert [n.kind for n in notices.inbox(tini)][:2] == ["permit_refused", "product_paused"]

    def test_the_owner_takes_a_permit_away_and_nobody_else_does(self, cast, lawful, tini):
        (permit,) = queries_permits.permits_for(lawful)
        with pytest.raises(Refused):
            services.end_permit(cast.sri, permit.id)
        services.end_permit(tini, permit.id)
        assert lawful.state == "paused"

    def test_strangers_neither_see_nor_check_it_and_the_cashier_may_not(self, cast, tini, lawful):
        (permit,) = queries_permits.permits_for(lawful)
        other = shop.seller(cast, "Warung Lain")
        for person in (other, cast.wati):
            with pytest.raises(NotFound):
                queries_permits.permit_for(person, permit.id)
        with pytest.raises(NotFound):
            services.check_permit(cast.wati, permit.id, right=True)
        with pytest.raises(Forbidden):
            services.check_permit(cast.kasir, permit.id, right=True)
        with pytest.raises(NotFound):
            services.state_permit(other, "pirt", PIRT, lawful.id)

    def test_a_permit_of_the_business_serves_all_its_products(self, cast, tini):
        services.state_permit(tini, "pirt", PIRT)
        product = crisps(tini, halal="not_halal")
        services.approve_product(cast.sri, product.id, 500, permits_checked=True)
        assert product.state == "published"
        assert ("permit_waits", 1) not in shop.tasks(cast.sri)

    def test_the_cooperative_s_own_packs_are_not_asked(self, cast):
        lurah = factories.actor(Role.LURAH, cast.makmur)
        assert queries_permits.permits_of(lurah) == []


class TestReminders:
    def counted(self, actor):
        return [n.kind for n in notices.inbox(actor)].count("permit_ending")

    def test_thirty_and_seven_days_before_each_once_to_both_sides(self, cast, tini, sold):
        told = []
        for days_before in (31, 30, 29, 8, 7, 1):
            travel(HALAL_DAY - timedelta(days=days_before))
            services.review_permits()
            services.review_permits()
            told.append(self.counted(tini))
        assert told == [0, 1, 1, 1, 2, 2]
        assert self.counted(cast.sri) == 2
        assert ("product_ending", sold.id) in shop.tasks(tini)

    def test_a_reminder_says_the_day_and_a_renewal_ends_it(self, cast, tini, sold):
        services.review_permits()
        assert "17 Okt" in notices.inbox(tini)[0].title
        permit = services.state_permit(tini, "halal", HALAL, sold.id)
        services.check_permit(cast.sri, permit.id, right=True)
        db.session.execute(Product.__table__.update().values(halal="certified"))
        db.session.refresh(sold)
        services.review_rules()
        assert (sold.lawful_until_on, sold.reminded_days) == (PIRT_ENDS, None)
        assert ("product_ending", sold.id) not in shop.tasks(tini)


class TestRules:
    def test_loading_twice_adds_nothing(self):
        assert services.load_permit_rules() == 0

    def test_what_is_missing_is_told_with_its_day_and_its_next_step(self, sold):
        told = {each.name: each for each in services.missing(sold)}
        assert told["Sertifikat halal"].since == "mulai Sab 17 Okt 2026"
        assert not told["NIB"].binding
        assert all(each.step for each in told.values())


class TestRulesByTwo:
    SAID = {"legal_ref": "PP 1/2027", "source_url": "https://example.org/pp"}

    def halal_rule(self):
        return next(rule for rule in queries_permits.rule_rows() if rule.duty == "halal")

    def propose(self, actor, day):
        return services.propose_permit_rule(actor, self.halal_rule().id, valid_from_on=day, **self.SAID)

    def test_a_postponement_counts_once_a_second_person_says_so(self, cast, sold):
        later = date(2027, 10, 17)
        proposal = self.propose(cast.ratna, later)
        assert self.halal_rule().valid_from_on == HALAL_DAY
        with pytest.raises(Forbidden):
            services.decide_permit_rule(cast.ratna, proposal.id, approve=True)
        services.decide_permit_rule(cast.agus, proposal.id, approve=True)
        assert self.halal_rule().valid_from_on == later
        services.review_rules()
        assert sold.lawful_until_on == later - timedelta(days=1)

    def test_a_postponement_after_the_day_brings_back_what_the_rule_stopped(self, cast, sold):
        travel(HALAL_DAY + timedelta(days=3))
        services.review_permits()
        assert sold.state == "paused"
        proposal = self.propose(cast.ratna, date(2027, 10, 17))
        services.decide_permit_rule(cast.agus, proposal.id, approve=True)
        on_permit_rules_changed({"rule_id": self.halal_rule().id})
        db.session.refresh(sold)
        assert sold.state == "published"

    def test_nobody_reaches_back_or_leaves_the_source_out(self, cast):
        yesterday = clock.today() - timedelta(days=1)
        assert refused_field(self.propose, cast.ratna, yesterday) == "valid_from_on"
        rule = self.halal_rule()
        act = services.propose_permit_rule
        for wrong, field in (({"source_url": "kata orang"}, "source_url"), ({"legal_ref": " "}, "legal_ref")):
            said = {**self.SAID, **wrong, "valid_from_on": HALAL_DAY}
            assert refused_field(act, cast.ratna, rule.id, **said) == field

    def test_a_rejection_needs_its_reason_and_changes_nothing(self, cast):
        proposal = self.propose(cast.ratna, date(2027, 1, 1))
        assert refused_field(services.decide_permit_rule, cast.agus, proposal.id, approve=False) == "reason"
        services.decide_permit_rule(cast.agus, proposal.id, approve=False, reason="Belum terbit")
        assert self.halal_rule().valid_from_on == HALAL_DAY

    def test_sellers_and_cooperatives_do_not_make_rules(self, cast, tini):
        for person in (tini, cast.sri, cast.budi):
            with pytest.raises(Forbidden):
                self.propose(person, date(2027, 1, 1))


class TestNumbers:
    """People copy what stands on the label; what is kept is one form, and what is none is said."""

    @pytest.mark.parametrize(
        ("kind", "typed", "kept"),
        [
            ("pirt", "2063578010999-28", "2063578010999-28"),
            ("pirt", " P-IRT No. 206 3578 010999 - 28 ", "2063578010999-28"),
            ("pirt", "206357801099928", "2063578010999-28"),
            ("nib", "1234.5678.90123", "1234567890123"),
            ("nib", "NIB: 1234567890123", "1234567890123"),
            ("md", "bpom ri md 234567890123", "MD 234567890123"),
            ("md", "234567890123", "MD 234567890123"),
            ("halal", "id 35110000123450921", "ID35110000123450921"),
            ("halal", "35110000123450921", "ID35110000123450921"),
            ("halal", "15120012340519", "15120012340519"),
        ],
    )
    def test_a_number_is_understood_however_it_is_copied(self, tini, kind, typed, kept):
        assert services.state_permit(tini, kind, typed).number == kept

    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            ("pirt", "206357801099-28"),
            ("pirt", "MD 2063578010999-28"),
            ("nib", "123456789012"),
            ("md", "MD 12345"),
            ("md", "P-IRT 234567890123"),
            ("halal", "ID3511000012345092"),
            ("halal", "belum ada"),
        ],
    )
    def test_what_is_no_number_is_told_how_one_is_written(self, tini, kind, typed):
        with pytest.raises(Refused) as refusal:
            services.state_permit(tini, kind, typed)
        assert refusal.value.field in ("number", "pirt")
