"""The published names of what is stored are true, and no personal column is left unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from market.core import db

CONTRACT = yaml.safe_load((Path(__file__).parent / "schema.yml").read_text(encoding="utf-8"))
SPEAKING = ("phone", "email", "password", "_name", "nik", "address", "user_agent", "buyer")
"""Parts of a column name that betray a person."""
NOT_A_PERSON = {
    "answer_proposal.buyer_id",
    "assignment_line.buyer_id",
    "delivery_share.buyer_id",
    "round_need.buyer_id",
    "trip_stop.buyer_id",
    "voucher.most_per_phone",
}
"""A buyer there is a cooperative."""


@pytest.mark.parametrize("logical", sorted(CONTRACT["tables"]))
def test_every_published_name_is_a_column(logical):
    said = dict(CONTRACT["tables"][logical])
    table = db.Base.metadata.tables[said.pop("table")]
    assert {column for column in said.values() if column not in table.c} == set()


def columns() -> set[str]:
    return {f"{table.name}.{column.name}" for table in db.Base.metadata.tables.values() for column in table.c}


def test_personal_columns_exist_and_say_why_and_how_long():
    assert CONTRACT["personal"].keys() <= columns()
    assert all({"purpose", "retention_years"} == said.keys() for said in CONTRACT["personal"].values())


def test_no_column_about_a_person_is_left_unsaid():
    betraying = {name for name in columns() if any(part in name.split(".")[1] for part in SPEAKING)}
    assert betraying - CONTRACT["personal"].keys() - NOT_A_PERSON == set()
