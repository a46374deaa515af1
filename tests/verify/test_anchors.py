"""What was written down outside finds what the chain alone cannot."""

from __future__ import annotations

import json

import pytest

from market import verify
from market.core import db
from market.core.errors import Refused
from tests.ledger.tamper import tamper
from tests.verify.conftest import failing, one, rechain


def written_down() -> list[dict]:
    with db.transaction(read_only=True):
        return json.loads(json.dumps(verify.anchors()))


def faults(written) -> list[dict]:
    with db.transaction(read_only=True):
        return verify.verify_anchors(written)


def test_anchors_name_organization_seq_hash_and_time(lived):
    (anchor,) = written_down()
    assert anchor.keys() == {"organization", "seq", "hash", "at"}
    assert anchor["seq"] == one("SELECT count(*) FROM journal_entry")
    assert faults([anchor]) == []


def test_a_forged_amount_whose_seals_were_computed_anew_is_found_by_the_anchor_alone(lived):
    written = written_down()
    tamper(
        "UPDATE posting SET amount_rp = amount_rp + 1 WHERE entry_id = 1 AND amount_rp > 0",
        "UPDATE posting SET amount_rp = amount_rp - 1 WHERE entry_id = 1 AND amount_rp < 0",
        "UPDATE ledger_account SET balance_rp = balance_rp + 1 WHERE code = '1-1200'",
        "UPDATE ledger_account SET balance_rp = balance_rp - 1 WHERE code = '3-1300'",
    )
    rechain(lived.id)
    assert failing() - {"I6"} == set(), "everything inside fits together again"
    (found,) = faults(written)
    assert (found["organization_id"], "differs" in found["why"]) == (lived.id, True)


def test_a_cut_tail_with_a_rewound_head_is_found_by_the_anchor(lived):
    written = written_down()
    last = one("SELECT max(id) FROM journal_entry")
    tamper(
        "UPDATE ledger_head SET seq = seq - 1,"
        f" hash = (SELECT prev_hash FROM journal_entry WHERE id = {last})",
        f"DELETE FROM posting WHERE entry_id = {last}",
        f"DELETE FROM journal_entry WHERE id = {last}",
    )
    with db.transaction(read_only=True):
        assert [result.ok for result in verify.run(["I7"])] == [True]
    assert ["gone" in found["why"] for found in faults(written)] == [True]


def test_an_edit_below_the_anchor_is_found_too(lived):
    written = written_down()
    tamper("UPDATE journal_entry SET posted_by = NULL WHERE seq = 2")
    assert [found["seq"] for found in faults(written)] == [2]


@pytest.mark.parametrize("given", [[{}], ["x"], [{"organization": "a", "seq": 1, "hash": ""}]])
def test_a_file_that_holds_no_anchors_is_refused(database, given):
    with pytest.raises(Refused):
        faults(given)
