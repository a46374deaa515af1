"""Books that were open before stock went between cooperatives get the accounts for it."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from market import migrations
from market.core import clock, db
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import LedgerAccount, LedgerHead
from tests.support import postgres
from tests.support.old_schema import put

NEW = {chart.RECEIVABLE_COOPERATIVES, chart.GOODS_ON_THE_WAY, chart.PAYABLE_COOPERATIVES}


@pytest.fixture
def old_url(request, tmp_path):
    """An empty database, to be brought to the schema of before."""
    if request.config.getoption("--db") != "postgresql":
        yield f"sqlite:///{tmp_path}/old.sqlite"
        return
    url = postgres.clone(postgres.create_template(lambda _url: None))
    yield url
    postgres.drop(url)


def open_books(connection) -> None:
    """One cooperative with open books, that has made an account of its own under one of the codes."""
    who = {"id": 7, "kind": "cooperative", "name": "Lama", "slug": "lama", "created_at": clock.now()}
    mine = {"code": "1-1320", "name": "Piutang sendiri", "kind": "asset", "side": "debit"}
    put(connection, Organization, **who)
    connection.execute(insert(LedgerHead.__table__).values(organization_id=7))
    connection.execute(insert(LedgerAccount.__table__).values(organization_id=7, **mine))
    connection.commit()


def test_open_books_get_the_accounts_once(old_url):
    engine = db.make_engine(old_url)
    with engine.connect() as connection:
        migrations.upgrade_to(connection, "0015")
        connection.commit()
        open_books(connection)
        migrations.upgrade_to(connection, "0016")
        connection.commit()
        found = connection.execute(select(LedgerAccount.code, LedgerAccount.name, LedgerAccount.balance_rp))
        accounts = {row.code: (row.name, row.balance_rp) for row in found}
        connection.rollback()
    engine.dispose()
    assert accounts.keys() == NEW
    assert accounts["1-1320"] == ("Piutang sendiri", 0), "what somebody made is left as it is"
    assert accounts["2-1250"] == ("Utang antarkoperasi", 0)
