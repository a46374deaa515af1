"""A shop that sold gas before its cylinders were counted keeps every full one, and books that balance."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, text

from market import migrations
from market.core import clock, db
from market.empties.models import ContainerHolding, ContainerMove
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import LedgerAccount, LedgerHead
from market.stock.models import StockItem
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


def a_shop_with_gas(connection) -> None:
    """Forty full ones and some rice on the shelf, books open."""
    who = {"id": 7, "kind": "cooperative", "name": "Lama", "slug": "lama", "created_at": clock.now()}
    put(connection, Organization, **who)
    connection.execute(insert(LedgerHead.__table__).values(organization_id=7))
    common = {"organization_id": 7, "owned": True, "reserved_base": 0, "value_rp": 0, "moved_at": clock.now()}
    gas = {"code": "pack:LPG-3", "name": "LPG", "base_unit": "pcs", "pack_base": 1, "on_hand_base": 40}
    rice = {"code": "pack:BRS-PRM-25", "name": "Beras", "base_unit": "g", "pack_base": 25_000}
    for item in ({**common, **gas}, {**common, **rice, "on_hand_base": 50_000}):
        put(connection, StockItem, **item)
    connection.commit()


def test_full_ones_on_the_shelf_have_their_cylinders_and_the_books_their_account(old_url):
    engine = db.make_engine(old_url)
    with engine.connect() as connection:
        migrations.upgrade_to(connection, "0019")
        connection.commit()
        a_shop_with_gas(connection)
        migrations.upgrade_to(connection, "0020")
        connection.commit()
        holding = connection.execute(select(ContainerHolding.__table__)).one()
        move = connection.execute(select(ContainerMove.__table__)).one()
        account = connection.execute(
            select(LedgerAccount.non_negative, LedgerAccount.side).where(
                LedgerAccount.code == chart.CONTAINER_DEPOSITS
            )
        ).one()
        tables = connection.execute(text("SELECT count(*) FROM container_deposit")).scalar_one()
        connection.rollback()
    engine.dispose()
    assert (holding.organization_id, holding.container) == (7, "TABUNG-3")
    assert (holding.full_count, holding.owned) == (40, 40)
    assert (holding.empty_count, holding.lent_count, holding.at_supplier, holding.value_rp) == (0, 0, 0, 0)
    assert (move.kind, move._mapping["count"], move.value_rp) == ("opening", 40, 0)
    assert (bool(account.non_negative), account.side, tables) == (True, "credit", 0)
