"""Signing up to sell, the cooperative's answer, and what a seller says of herself."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from market.catalogue import queries as shelf
from market.catalogue import queries_days
from market.catalogue import services as catalogue
from market.core import clock, db, jobs, messages
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.history import history_of
from market.core.permissions import ANONYMOUS, Role
from market.core.states import IllegalMove
from market.home import queries as home
from market.identity import services as people
from market.notices.models import Notice
from market.profiles import queries, services
from market.wiring import HANDLERS
from tests import factories


@pytest.fixture
def shop(transaction):
    return factories.cooperative()


@pytest.fixture
def chair(shop):
    return factories.actor(Role.CHAIR, shop)


@pytest.fixture
def rina(shop):
    """Who has an account and no seat yet."""
    return people.actor_of(factories.user("Rina", phone="6281234567890"), None)


def apply(rina, shop, name="Roti Bu Rina", **said):
    return services.apply(rina, shop.id, name, **said)


def seated(rina, made):
    return people.actor_in(db.session.get(factories.User, rina.user_id), made.organization_id, "seller_owner")


def bread(actor, **said):
    return catalogue.list_product(
        actor, name="Roti sobek", price_rp=12_000, unit_label="buah", category="kerajinan", **said
    )


def kinds(actor) -> set[str]:
    return {row.kind for row in home.tasks(actor)}


def test_who_asks_sits_in_a_seller_of_her_own_that_may_not_sell_yet(rina, shop, chair):
    made = apply(rina, shop, story="Sejak 2019", nib="1234567890123")
    seller = queries.seller_of(chair, made.organization_id)
    assert (made.state, seller.trading, seller.sells_through_id) == ("submitted", False, shop.id)
    assert seller.place_code == shop.place_code and queries.nib(seller.id) == "1234567890123"
    assert seated(rina, made).role == Role.SELLER_OWNER
    assert kinds(chair) == {"seller_waits", "permit_waits"}


def test_what_she_prepares_meanwhile_stays_a_draft_until_the_yes(rina, shop, chair):
    made = apply(rina, shop)
    owner = seated(rina, made)
    assert "first_product" in kinds(owner)
    product = bread(owner)
    assert product.state == "draft" and "first_product" not in kinds(owner)
    with pytest.raises(Refused, match="belum menyetujui"):
        catalogue.submit_again(owner, product.id)
    services.approve(chair, made.organization_id)
    assert catalogue.submit_again(owner, product.id).state == "submitted"


def test_the_yes_is_told_to_her_phone_and_kept_with_who_gave_it(rina, shop, chair):
    made = apply(rina, shop)
    services.approve(chair, made.organization_id, made.version)
    assert [change.to_state for change in history_of(made)] == ["submitted", "active"]
    assert history_of(made)[-1].actor_id == chair.user_id
    assert kinds(chair) == set() and "first_product" in kinds(seated(rina, made))
    told = db.session.query(Notice).filter_by(user_id=rina.user_id).one()
    assert told.link == "/profil-usaha"


def test_changes_are_asked_with_a_reason_and_come_back_to_the_board(rina, shop, chair):
    made = apply(rina, shop)
    with pytest.raises(Refused) as refusal:
        services.ask_changes(chair, made.organization_id, "  ")
    assert refusal.value.field == "reason"
    services.ask_changes(chair, made.organization_id, "Tulis alamat dapur.")
    owner = seated(rina, made)
    assert "seller_changes" in kinds(owner) and kinds(chair) == set()
    change(owner, address="Jalan Ngagel 7")
    assert made.state == "submitted" and kinds(chair) == {"seller_waits"}


def change(owner, **said):
    usual = {
        "name": "Roti Bu Rina",
        "story": "",
        "address": "",
        "place_code": "3578081003",
        "open_days": 127,
        "phone": None,
        "show_phone": False,
    }
    services.update_profile(owner, **{**usual, **said})


def test_nobody_decides_on_another_story_than_the_one_that_was_read(rina, shop, chair):
    made = apply(rina, shop)
    seen = made.version
    change(seated(rina, made), story="Cerita lain")
    with pytest.raises(Conflict):
        services.approve(chair, made.organization_id, seen)


def test_a_declined_one_may_ask_again_but_not_sell(rina, shop, chair):
    made = apply(rina, shop)
    services.decline(chair, made.organization_id, "Di luar wilayah.")
    assert not queries.seller_of(chair, made.organization_id).trading
    with pytest.raises(IllegalMove):
        services.approve(chair, made.organization_id)
    change(seated(rina, made))
    services.approve(chair, made.organization_id)
    assert queries.seller_of(chair, made.organization_id).trading


def on_the_shelf(shop, chair):
    """A seller from before sign-up by phone, with a product that is sold."""
    owner = factories.actor(Role.SELLER_OWNER, factories.seller(shop))
    product = bread(owner)
    catalogue.approve_product(chair, product.id, 1_000, origin="member", origin_note="dilihat di dapurnya")
    return owner, product


def test_a_paused_seller_disappears_from_the_shelf_and_comes_back(shop, chair):
    owner, product = on_the_shelf(shop, chair)
    assert [item.id for item in shelf.shelf(shop.id)] == [product.id]
    services.pause(chair, owner.organization_id, "Ada keluhan, diperiksa dulu.")
    assert shelf.shelf(shop.id) == [] and shelf.products_on_sale(shop.id, [product.id]) == []
    services.resume(chair, owner.organization_id)
    assert [item.id for item in shelf.shelf(shop.id)] == [product.id]


def test_only_the_own_board_decides(rina, shop, chair):
    made = apply(rina, shop)
    other = factories.actor(Role.CHAIR, factories.cooperative("Koperasi Lain", "3578041001"))
    with pytest.raises(NotFound):
        services.approve(other, made.organization_id)
    for role in (Role.CASHIER, Role.TREASURER, Role.LURAH):
        with pytest.raises(Forbidden):
            services.approve(factories.actor(role, shop), made.organization_id)
    with pytest.raises(Forbidden):
        services.approve(seated(rina, made), made.organization_id)


def test_a_stranger_and_a_flood_are_refused(rina, shop):
    with pytest.raises(Forbidden):
        apply(ANONYMOUS, shop)
    for n in range(services.MOST_WAITING):
        apply(rina, shop, f"Usaha {n}")
    with pytest.raises(Refused, match="masih menunggu"):
        apply(rina, shop, "Satu lagi")


@pytest.mark.parametrize(("said", "field"), [({"name": " a "}, "name"), ({"nib": "123"}, "nib")])
def test_what_cannot_be_true_is_refused_at_its_field(rina, shop, said, field):
    with pytest.raises(Refused) as refusal:
        services.apply(rina, shop.id, **{"name": "Roti Bu Rina", **said})
    assert refusal.value.field == field


def test_only_a_cooperative_is_asked(rina, shop):
    with pytest.raises(Refused):
        apply(rina, factories.supplier())


def test_days_off_are_promised_to_nobody(shop, chair):
    owner, _product = on_the_shelf(shop, chair)
    first = clock.today() + timedelta(days=3)
    assert services.close_days(owner, first, first + timedelta(days=4), "Mudik") == 5
    closed = queries_days.closed_days([owner.organization_id])[owner.organization_id]
    assert closed == {first + timedelta(days=n) for n in range(5)}
    found = queries.closures(owner.organization_id)
    assert [(each.from_on, each.to_on, each.note) for each in found] == [
        (first, first + timedelta(days=4), "Mudik")
    ]
    services.open_days(owner, first, first + timedelta(days=4))
    assert queries.closures(owner.organization_id) == []


def test_days_off_make_sense(shop, chair):
    owner, _product = on_the_shelf(shop, chair)
    today = clock.today()
    for first, last in ((today, today - timedelta(days=1)), (today, today + timedelta(days=99))):
        with pytest.raises(Refused) as refusal:
            services.close_days(owner, first, last)
        assert refusal.value.field == "to_on"
    with pytest.raises(Refused) as refusal:
        services.close_days(owner, today - timedelta(days=2), None)
    assert refusal.value.field == "from_on"


def test_the_day_off_of_each_week_is_a_closed_day(shop, chair):
    owner, _product = on_the_shelf(shop, chair)
    change(owner, open_days=0b0111111)
    closed = queries_days.closed_days([owner.organization_id])[owner.organization_id]
    assert closed and {day.weekday() for day in closed} == {6}
    with pytest.raises(Refused) as refusal:
        change(owner, open_days=0)
    assert refusal.value.field == "open_days"


def test_buyers_see_no_number_before_she_says_so(rina, shop, chair):
    made = apply(rina, shop)
    assert not made.show_phone
    owner = seated(rina, made)
    change(owner, phone=None, show_phone=True)
    assert not made.show_phone, "there is no number to show"
    change(owner, phone="0812-3456-7890", show_phone=True)
    assert made.show_phone


def test_a_photo_is_kept_and_not_swept_away(rina, shop):
    made, data = apply(rina, shop), BytesIO()
    Image.new("RGB", (40, 30), "orange").save(data, "JPEG")
    owner = seated(rina, made)
    change(owner, photo=data.getvalue())
    assert queries.photos_in_use({made.photo, "0" * 32}) == {made.photo}
    with pytest.raises(Refused) as refusal:
        change(owner, photo=b"no photo")
    assert refusal.value.field == "photo"


def test_the_answer_reaches_the_phone_of_who_has_no_mail(database):
    port = messages.MemoryPort()
    messages.configure(port, "https://lumbung.example")
    with db.transaction():
        shop = factories.cooperative()
        rina = people.actor_of(factories.user("Rina", phone="6281234567890"), None)
        made = apply(rina, shop)
        services.approve(factories.actor(Role.CHAIR, shop), made.organization_id)
    jobs.run_all(HANDLERS)
    jobs.run_all(HANDLERS)
    assert [(each.to, each.channel) for each in port.sent] == [("6281234567890", "whatsapp")]
    assert "menyetujui Roti Bu Rina" in port.sent[0].text and "/profil-usaha" in port.sent[0].text
