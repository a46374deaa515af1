"""Every route declares for whom it is; nothing unsafe answers a GET."""

from __future__ import annotations

import pytest

from market.core import db, numbering
from market.core.permissions import ORGANIZATION_ROLES, ROLE_PERMISSIONS, Permission, Role
from market.web.access import public
from market.wiring import NAV
from tests.conftest import Browser

VERBS = ("index", "new", "create", "show", "edit", "update", "delete", "export", "preview")


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_says_for_whom_it_is(app):
    silent = [
        rule.endpoint for rule in rules(app) if not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    assert silent == []


def test_every_permission_is_held_by_somebody():
    held = {p for role, permissions in ROLE_PERMISSIONS.items() if role != Role.SYSTEM for p in permissions}
    assert set(Permission) - held == set()


def test_every_role_sits_in_some_organization():
    seated = {role for roles in ORGANIZATION_ROLES.values() for role in roles}
    assert set(Role) - seated == {Role.SYSTEM, Role.ANONYMOUS}


def test_supervisors_change_nothing():
    """The lurah supervises ex officio: sees the cooperative's papers, touches none."""
    for role in (Role.SUPERVISOR, Role.LURAH):
        assert {p for p in ROLE_PERMISSIONS[role] if not p.value.endswith("_view")} == set()


def test_nobody_both_proposes_and_approves_a_payment():
    for role, permissions in ROLE_PERMISSIONS.items():
        if role != Role.SYSTEM:
            assert not {Permission.PAYMENT_PROPOSE, Permission.PAYMENT_APPROVE} <= permissions


def test_view_names_follow_the_house(app):
    """A stranger guesses the function from the page: index, new, create, show, edit, update, delete."""
    special = {"web.alive", "web.ready"}
    odd = [
        rule.endpoint
        for rule in rules(app)
        if rule.endpoint not in special and not rule.endpoint.split(".")[1].startswith(VERBS)
    ]
    assert odd == []


def test_every_place_of_the_navigation_exists(app):
    endpoints = {rule.endpoint for rule in rules(app)}
    for kind, items in NAV.items():
        assert {item.endpoint for item in items} <= endpoints, kind


def test_a_stranger_reaches_no_page_that_is_not_public(app, client, cast):
    for rule in rules(app):
        if app.view_functions[rule.endpoint].access == "public" or "GET" not in (rule.methods or ()):
            continue
        path = rule.build({name: "xlsx" if name == "kind" else "1" for name in rule.arguments})
        path = path[1] if path else rule.rule
        answer = client.get(path)
        assert answer.status_code == 303, rule.endpoint
        assert answer.location.startswith("/masuk"), rule.endpoint


@pytest.mark.parametrize("who", ["sri", "joko", "ratna"])
def test_a_page_of_another_role_is_forbidden_not_broken(app, browsers, cast, who):
    """Each GET without parameters answers 200 or 403 to each kind of person, never 500."""
    person = getattr(cast, who)
    browser = browsers(person)
    for rule in rules(app):
        if rule.arguments or "GET" not in (rule.methods or ()):
            continue
        access = app.view_functions[rule.endpoint].access
        status = browser.get(rule.rule).status_code
        if isinstance(access, Permission) and not person.may(access):
            assert status == 403, rule.endpoint
        else:
            assert status in (200, 302, 303, 403, 404, 422), (rule.endpoint, status)


def test_a_get_never_writes(own_app, cast):
    """The database itself refuses: the transaction of a GET is read only."""

    def writes() -> str:
        numbering.next_number(cast.makmur.id, "X")
        return "wrote"

    own_app.add_url_rule("/uji-tulis", "web.uji", public(writes))
    assert Browser(own_app).login(cast.sri).get("/uji-tulis").status_code >= 400
    with db.transaction(read_only=True):
        assert db.session.query(numbering.NumberSeries).count() == 0
