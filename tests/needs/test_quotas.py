"""A cooperative's own quota: proposed by one, approved by another, counted by the month, shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.permissions import Role
from market.needs import queries, services
from market.notices.models import Notice
from tests import factories
from tests.needs.conftest import details, pack_id, post

GAS, RICE = "LPG-3", "BRS-SPHP-5"


def month():
    return clock.today().replace(day=1)


def next_month():
    return (month() + timedelta(days=32)).replace(day=1)


def propose(cast, packs: int, by=None, of=None, code: str = GAS, **changes):
    given = {"valid_from_on": month(), "source": "Surat agen 7/2026", **changes}
    return services.propose_quota(by or cast.ratna, (of or cast.makmur).id, pack_id(code), packs, **given)


def set_quota(cast, packs: int, **changes):
    return services.decide_quota(cast.agus, propose(cast, packs, **changes).id, approve=True)


def in_next_month(cast, packs: int, day: int = 9, actor=None):
    """A need of gas in the middle of next month, so that no test stands on a month's edge."""
    on = next_month() + timedelta(days=day)
    given = {"wanted_packs": packs, "needed_by_on": on, "at_most_packs": packs}
    return services.post_need(actor or cast.sri, **{**details(GAS), **given})


@pytest.mark.usefixtures("open_transaction")
class TestRule:
    def test_the_own_quota_binds_the_month_and_says_so(self, cast):
        set_quota(cast, 300)
        in_next_month(cast, 200)
        with pytest.raises(Refused, match="sisa 100") as refusal:
            in_next_month(cast, 150, day=20)
        assert refusal.value.field == "wanted_packs"
        in_next_month(cast, 100, day=20)

    def test_a_neighbour_is_not_bound_by_it(self, cast):
        set_quota(cast, 0)
        with pytest.raises(Refused, match="Jatah"):
            in_next_month(cast, 1)
        assert queries.own_quota(cast.tetangga.id, commodity(GAS), clock.today()) is None
        in_next_month(cast, 10, actor=cast.wati)

    def test_the_own_quota_takes_the_place_of_the_one_for_all(self, cast):
        with pytest.raises(Refused, match="7 hari"):
            post(cast.sri, RICE, wanted_packs=500, ceiling_rp=None)
        set_quota(cast, 500, code=RICE)
        post(cast.sri, RICE, wanted_packs=500, ceiling_rp=None)

    def test_the_newest_counts_from_its_day_on(self, cast):
        set_quota(cast, 300)
        set_quota(cast, 50, valid_from_on=next_month())
        assert queries.own_quota(cast.makmur.id, commodity(GAS), month()).packs == 300
        assert queries.own_quota(cast.makmur.id, commodity(GAS), next_month()).packs == 50
        with pytest.raises(Refused, match="sisa 50"):
            in_next_month(cast, 51)

    def test_what_nobody_approved_binds_nobody(self, cast):
        quota = propose(cast, 1)
        in_next_month(cast, 10)
        services.decide_quota(cast.agus, quota.id, approve=False, reason="salah surat")
        assert queries.own_quota(cast.makmur.id, commodity(GAS), clock.today()) is None


def commodity(code: str) -> int:
    return commodities.pack_by_code(code).commodity_id


@pytest.mark.usefixtures("open_transaction")
class TestPersons:
    def test_two_persons_and_the_board_is_told(self, cast):
        quota = propose(cast, 300)
        with pytest.raises(Refused, match="orang lain"):
            services.decide_quota(cast.ratna, quota.id, approve=True)
        services.decide_quota(cast.agus, quota.id, approve=True)
        assert (quota.state, quota.decided_by) == ("approved", cast.agus.user_id)
        told = db.session.query(Notice).filter_by(user_id=cast.sri.user_id, kind="quota_set").one()
        assert "300 tabung" in told.title and "Surat agen 7/2026" in told.body
        with pytest.raises(Refused, match="sudah diputuskan"):
            services.decide_quota(cast.agus, quota.id, approve=True)

    def test_the_agent_proposes_and_never_approves(self, cast):
        quota = propose(cast, 300, by=cast.joko)
        assert quota.proposed_for == cast.lamongan.id
        with pytest.raises(Forbidden):
            services.decide_quota(cast.joko, quota.id, approve=True)
        assert services.decide_quota(cast.ratna, quota.id, approve=True).state == "approved"

    def test_nobody_of_the_cooperative_sets_its_own(self, cast):
        for actor in (cast.sri, cast.hadi):
            with pytest.raises(Forbidden):
                propose(cast, 900, by=actor)
        with pytest.raises(Forbidden):
            services.decide_quota(cast.hadi, propose(cast, 900).id, approve=True)

    def test_an_office_of_another_city_decides_nothing_here(self, cast):
        elsewhere = factories.actor(Role.OFFICE_HEAD, factories.office("3573", "Dinas Malang"))
        quota = propose(cast, 300)
        with pytest.raises(NotFound):
            services.decide_quota(elsewhere, quota.id, approve=True)
        with pytest.raises(Refused):
            propose(cast, 300, by=elsewhere, valid_from_on=next_month())

    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("source", {"source": " "}),
            ("valid_from_on", {"valid_from_on": clock.today() - timedelta(days=40)}),
            ("pack_id", {"code": "BRS-PRM-25"}),
            ("packs", {"packs": -1}),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, cast, field, changes):
        with pytest.raises(Refused) as refusal:
            propose(cast, **{"packs": 5, **changes})
        assert refusal.value.field == field

    def test_one_figure_a_day(self, cast):
        propose(cast, 300)
        with pytest.raises(Refused, match="sudah ada"):
            propose(cast, 200)


def test_the_office_enters_it_and_the_cooperative_reads_what_is_left(cast, browsers):
    ratna, agus, sri = (browsers(who) for who in (cast.ratna, cast.agus, cast.sri))
    assert "Jatah umum" in sri.get("/jatah").get_data(as_text=True)
    with db.transaction(read_only=True):
        pack = pack_id(GAS)
    typed = {
        "cooperative_id": cast.makmur.id,
        "pack_id": pack,
        "packs": "300",
        "valid_from_on": month().isoformat(),
        "source": "Surat agen 7/2026",
    }
    assert ratna.get("/jatah/baru").status_code == 200
    assert ratna.post("/jatah", {**typed, "source": ""}).status_code == 422
    assert ratna.post("/jatah", typed).status_code == 303
    assert 'data-testid="approve-quota"' not in ratna.get("/jatah").get_data(as_text=True)
    assert 'data-testid="approve-quota"' in agus.get("/jatah").get_data(as_text=True)
    assert agus.post("/jatah/1/penolakan", {"reason": ""}).status_code == 422
    assert ratna.post("/jatah/1/persetujuan").status_code == 422
    assert agus.post("/jatah/1/persetujuan").status_code == 303
    page = sri.get("/jatah").get_data(as_text=True)
    assert "Sisa 300 tabung" in page and "Surat agen 7/2026" in page
    assert "300" not in browsers(cast.wati).get("/jatah").get_data(as_text=True).split("<main")[1]


def test_who_may_not_touch_quotas(cast, browsers):
    sri = browsers(cast.sri)
    assert sri.get("/jatah/baru").status_code == 403
    assert sri.post("/jatah", {}).status_code == 403
    assert browsers(cast.joko).post("/jatah/1/persetujuan").status_code == 403
    assert browsers(cast.agus).post("/jatah/1/persetujuan").status_code == 404
