"""What buyers got before the counter's rations became everybody's still counts, and is found again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from market import migrations
from market.commodities.models import Commodity
from market.core import clock, db
from market.identity.models import Organization
from tests.support import postgres
from tests.support.old_schema import put

WHO = {"id": 7, "kind": "cooperative", "name": "Lama", "slug": "lama"}
GOOD = {
    "family": "rice",
    "handling": "administered",
    "base_unit": "g",
    "rule_unit": "kg",
    "rule_unit_base": 1_000,
}
RATION = (
    "INSERT INTO counter_ration (id, organization_id, buyer_index, commodity_id, period, used_base)"
    " VALUES (:id, 7, :buyer, 1, '2026-11-22', :used)"
)
USE = (
    "INSERT INTO counter_ration_use (organization_id, ration_id, line_id, quantity_base, cap_base, at,"
    " given_back_at) VALUES (7, :ration, :line, :quantity, 25000, :at, :back)"
)
GOOD = {
    "family": "rice",
    "handling": "administered",
    "base_unit": "g",
    "rule_unit": "kg",
    "rule_unit_base": 1_000,
}
USES = (
    "SELECT r.buyer_index, r.used_base, u.source, u.quantity_base, u.given_back_at IS NULL"
    " FROM ration r JOIN ration_use u ON u.ration_id = r.id ORDER BY u.source"
)


@pytest.fixture
def old_url(request, tmp_path):
    """An empty database, to be brought to the schema of before."""
    if request.config.getoption("--db") != "postgresql":
        yield f"sqlite:///{tmp_path}/old.sqlite"
        return
    url = postgres.clone(postgres.create_template(lambda _url: None))
    yield url
    postgres.drop(url)


@contextmanager
def sales_left_out(connection) -> Iterator[None]:
    """Only rations are looked at here: uses refer to lines of sales that nobody wrote."""
    postgresql = connection.dialect.name == "postgresql"
    off, on = (
        ("SET session_replication_role = replica", "SET session_replication_role = origin")
        if postgresql
        else ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
    )
    bare = connection.connection.cursor()
    bare.execute(off)
    yield
    connection.commit()
    connection.connection.cursor().execute(on)
    connection.commit()


def test_each_use_keeps_its_ration_and_names_its_line(old_url):
    engine = db.make_engine(old_url)
    with engine.connect() as connection:
        migrations.upgrade_to(connection, "0038")
        connection.commit()
        put(connection, Organization, **WHO, created_at=clock.now())
        put(connection, Commodity, id=1, code="SPHP", name="Beras SPHP", **GOOD)
        connection.commit()
        now = clock.now().replace(tzinfo=None)
        with sales_left_out(connection):
            for number, buyer, used in ((40, "ibu", 10_000), (9, "bapak", 5_000)):
                connection.execute(text(RATION), {"id": number, "buyer": buyer, "used": used})
            for ration, line, quantity, back in (
                (40, 3, 10_000, None),
                (9, 5, 5_000, None),
                (9, 6, 5_000, now),
            ):
                values = {"ration": ration, "line": line, "quantity": quantity, "at": now, "back": back}
                connection.execute(text(USE), values)
        migrations.upgrade_to(connection, "0039")
        connection.commit()
        moved = [tuple(row) for row in connection.execute(text(USES))]
        connection.rollback()
    engine.dispose()
    assert [(*row[:4], bool(row[4])) for row in moved] == [
        ("ibu", 10_000, "counter_line:3", 10_000, True),
        ("bapak", 5_000, "counter_line:5", 5_000, True),
        ("bapak", 5_000, "counter_line:6", 5_000, False),
    ]
