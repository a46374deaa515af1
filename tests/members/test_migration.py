"""Who was admitted before the principal was kept stays a member; open books get the account for repaying."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from market import migrations
from market.core import clock, db
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import LedgerAccount, LedgerHead
from market.members.models import Member
from tests.support import postgres
from tests.support.old_schema import put


@pytest.fixture
def old_url(request, tmp_path):
    """An empty database, to be brought to the schema of before."""
    if request.config.getoption("--db") != "postgresql":
        yield f"sqlite:///{tmp_path}/old.sqlite"
        return
    url = postgres.clone(postgres.create_template(lambda _url: None))
    yield url
    postgres.drop(url)


def live_before(connection) -> None:
    """A cooperative with open books, a member and somebody who asks."""
    who = {"id": 7, "kind": "cooperative", "name": "Lama", "slug": "lama", "created_at": clock.now()}
    put(connection, Organization, **who)
    connection.execute(insert(LedgerHead.__table__).values(organization_id=7))
    facts = {"organization_id": 7, "phone": "6281234567890", "state_at": clock.now()}
    put(connection, Member, **facts, id=1, name="Ani", card_token="a", number="A-1", state="active")
    put(connection, Member, **facts, id=2, name="Budi", card_token="b", number=None, state="asked")
    connection.commit()


def test_members_of_before_stay_what_they_were(old_url):
    engine = db.make_engine(old_url)
    with engine.connect() as connection:
        migrations.upgrade_to(connection, "0037")
        connection.commit()
        live_before(connection)
        migrations.upgrade_to(connection, "0038")
        connection.commit()
        rows = connection.execute(select(Member.id, Member.state, Member.brought_rp).order_by(Member.id))
        members = [tuple(row) for row in rows]
        account = select(LedgerAccount.kind, LedgerAccount.non_negative)
        repay = connection.execute(account.where(LedgerAccount.code == chart.SAVINGS_TO_REPAY)).one()
        connection.rollback()
    engine.dispose()
    assert members == [(1, "active", 0), (2, "asked", 0)]
    assert tuple(repay) == ("liability", True)
