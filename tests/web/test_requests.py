"""One form, one effect; one request, one transaction."""

from __future__ import annotations

import threading

import pytest

from market.core import db, faults
from market.core.idempotency import IdempotencyKey
from market.identity.models import User

PERSON = {"name": "Tini Baru", "phone": "081234567899", "role": "cashier"}


def people(name: str = "Tini Baru") -> int:
    with db.transaction(read_only=True):
        return db.session.query(User).filter(User.name == name).count()


def test_the_same_form_sent_twice_has_one_effect_and_one_answer(browsers, cast):
    hadi = browsers(cast.hadi)
    form = {**hadi.tokens(), **PERSON}
    first = hadi.client.post("/orang", data=form)
    second = hadi.client.post("/orang", data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert second.headers["Idempotent-Replay"] == "true"
    assert people() == 1


def test_the_same_key_with_other_contents_is_refused(browsers, cast):
    hadi = browsers(cast.hadi)
    form = {**hadi.tokens(), **PERSON}
    hadi.client.post("/orang", data=form)
    other = hadi.client.post("/orang", data={**form, "name": "Orang Lain", "phone": "081234567000"})
    assert other.status_code == 422
    assert people("Orang Lain") == 0


def test_a_refused_form_may_be_mended_and_sent_with_the_same_key(browsers, cast):
    hadi = browsers(cast.hadi)
    form = {**hadi.tokens(), **PERSON}
    wrong = hadi.client.post("/orang", data={**form, "phone": "bukan nomor"})
    assert wrong.status_code == 422
    assert "bukan nomor" in wrong.get_data(as_text=True), "what was typed is kept"
    assert hadi.client.post("/orang", data=form).status_code == 303


def test_a_form_without_a_key_is_refused_and_does_nothing(browsers, cast):
    hadi = browsers(cast.hadi)
    form = {"csrf_token": hadi.tokens()["csrf_token"], **PERSON}
    assert hadi.client.post("/orang", data=form).status_code == 422
    assert people() == 0


def test_twins_at_the_same_moment_have_one_effect(app, browsers, cast):
    hadi = browsers(cast.hadi)
    form = {**hadi.tokens(), **PERSON}
    cookie = hadi.client.get_cookie("lumbung").value
    answers: list[int] = []

    def send():
        client = app.test_client()
        client.set_cookie("lumbung", cookie)
        answers.append(client.post("/orang", data=form).status_code)

    threads = [threading.Thread(target=send) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert people() == 1
    assert 303 in answers
    assert set(answers) <= {303, 409}


@pytest.mark.parametrize("moment", ["key_claimed", "before_commit"])
def test_a_fault_before_the_commit_leaves_nothing_and_the_retry_succeeds(browsers, cast, moment):
    hadi = browsers(cast.hadi)
    form = {**hadi.tokens(), **PERSON}
    with faults.armed(moment):
        assert hadi.client.post("/orang", data=form).status_code >= 400
    assert people() == 0
    with db.transaction(read_only=True):
        assert db.session.query(IdempotencyKey).count() == 0
    assert hadi.client.post("/orang", data=form).status_code == 303
    assert people() == 1


def test_an_answer_lost_after_the_commit_is_found_again(browsers, cast):
    hadi = browsers(cast.hadi)
    form = {**hadi.tokens(), **PERSON}
    with faults.armed("after_commit"):
        hadi.client.post("/orang", data=form)
    again = hadi.client.post("/orang", data=form)
    assert again.status_code == 303
    assert people() == 1


def test_every_answer_carries_the_number_of_its_request(client, cast):
    assert client.get("/masuk", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"] == "abc-12345"
    assert client.get("/masuk", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"] != "<script>"
