"""“Hari ini” names the few things that wait for this person, and nothing of anybody else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from market.core import db
from market.core.permissions import Role
from market.home.tasks import TASKS
from tests import factories
from tests.faults import story


@pytest.fixture
def world():
    return story.begin


def home(browser) -> str:
    page = browser.get("/hari-ini")
    assert page.status_code == 200, page.get_data(as_text=True)[:3000]
    return page.get_data(as_text=True)


def test_a_submitted_need_waits_for_the_treasurer_not_for_its_poster(browsers, cast):
    with db.transaction():
        story.post_need(cast)()
    assert "task-need_submitted" in home(browsers(cast.budi))
    assert "task-need_submitted" not in home(browsers(cast.sri))
    assert "task-need_submitted" not in home(browsers(cast.wati))


def test_goods_on_the_way_wait_for_whoever_opens_the_door(browsers, cast):
    with db.transaction():
        story.order(cast)
    assert "task-order_arrives" in home(browsers(cast.kasir))
    assert "task-order_arrives" not in home(browsers(cast.joko))


def test_goods_and_bills_are_written_down_one_tap_away_from_home(browsers, cast):
    story.record_bill(cast)
    budi, page = browsers(cast.budi), home(browsers(cast.budi))
    (at,) = set(re.findall(r'href="(/pesanan/\d+/tagihan)"', page))
    assert budi.get(at).status_code == 200
    with db.transaction():
        order_id = story.order(cast)
    kasir, page = browsers(cast.kasir), home(browsers(cast.kasir))
    assert f'href="/pesanan/{order_id}/terima"' in page
    assert kasir.get(f"/pesanan/{order_id}/terima").status_code == 200


def test_a_bill_waits_until_it_is_recorded_then_until_it_is_paid(browsers, cast):
    bill = story.record_bill(cast)
    assert "task-bill_missing" in home(browsers(cast.budi))
    with db.transaction():
        bill()
    page = home(browsers(cast.budi))
    assert "task-bill_missing" not in page
    assert "task-bill_unpaid" in page


def test_a_payment_waits_for_the_second_person(browsers, cast):
    story.pay_bill(cast)
    assert "task-payment_waits" in home(browsers(cast.hadi))
    assert "task-payment_waits" not in home(browsers(cast.budi))


def test_who_has_nothing_to_do_is_shown_the_first_step(browsers, cast):
    for person, words in (
        (cast.sri, "Pasang kebutuhan"),
        (cast.joko, "Lihat penawaran"),
        (cast.ratna, "Buka papan"),
    ):
        assert words in home(browsers(person))


def test_money_of_the_cooperative_is_shown_to_its_board_alone(browsers, cast):
    assert "Rp50.000.000" in home(browsers(cast.budi))
    assert "Rp50.000.000" not in home(browsers(cast.kasir))


def test_home_asks_the_database_few_questions(browsers, cast):
    """At most six statements, beside the session and what sets the organization."""
    browser, seen = browsers(cast.budi), []
    event.listen(db.engine(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    home(browser)
    asked = [s for s in seen if not s.startswith(("PRAGMA", "BEGIN", "SET", "SELECT set_config"))]
    assert len(asked) <= 6 + 3, asked


def test_every_task_leads_to_a_page_that_exists(app):
    endpoints = {rule.endpoint: rule.arguments for rule in app.url_map.iter_rules()}
    for kind, task in TASKS.items():
        assert task.endpoint in endpoints, kind
        assert endpoints[task.endpoint] == ({task.argument} if task.argument else set()), kind


def test_the_public_face_shows_what_is_looked_for_together_and_nothing_of_one_alone(client, cast):
    with db.transaction():
        need = story.needs.approve_need(cast.budi, story.post_need(cast)().id)
        assert need.state == "open"
    page = client.get("/").get_data(as_text=True)
    assert "Lumbung bersama koperasi" in page
    assert "Beras premium" not in page, "one cooperative alone is not a pool"
    assert "Sumber Makmur" not in page


def test_the_public_face_works_on_an_empty_database(client):
    assert client.get("/").status_code == 200


def test_two_treasurers_of_the_same_minute_each_see_what_waits_for_them(browsers, cast):
    """They share one statement; who asks comes in with the question."""
    with db.transaction():
        story.post_need(cast)()
        other = factories.actor(Role.TREASURER, cast.tetangga, login="bendahara2")
    assert "task-need_submitted" in home(browsers(cast.budi))
    assert "task-need_submitted" not in home(browsers(other))
    assert "task-need_submitted" in home(browsers(cast.budi))
