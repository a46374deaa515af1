"""Slips in returns and credit notes: their maker takes them back by reversal, while nothing needs them."""

from __future__ import annotations

import pytest

from market import verify
from market.core import db
from market.core.errors import Forbidden, NotFound, Refused
from market.ledger import chart
from market.purchasing import queries, services
from tests.purchasing.conftest import (
    PACKS,
    PRICE_RP,
    RICE_RP,
    balance,
    bill,
    books_agree,
    delivered,
    pay,
)
from tests.purchasing.test_crediting import on_hand, send_back


def unclean() -> list[str]:
    broken = [(found.id, row) for found in verify.run() for row in found.offenders]
    return [f"{number} {row}" for number, row in broken if not str(row.get("source")).startswith("grant:")]


@pytest.mark.usefixtures("open_transaction")
class TestReturns:
    def test_a_return_that_was_a_slip_is_on_the_shelf_again(self, cast):
        order = delivered(cast)
        sent = send_back(cast, order, 30)
        services.undo_return(cast.sri, sent.id, "seharusnya 3")
        assert (sent.state, on_hand(cast)) == ("undone", PACKS)
        assert balance(cast, chart.INVENTORY) == RICE_RP and balance(cast, chart.PRICE_DIFFERENCE) == 0
        assert books_agree(cast) and unclean() == []

    def test_what_was_undone_may_go_back_again(self, cast):
        order = delivered(cast)
        services.undo_return(cast.sri, send_back(cast, order, PACKS).id, "salah pesanan")
        assert send_back(cast, order, PACKS).amount_rp == RICE_RP
        services.end_without_bill(cast.budi, order.id)
        assert order.state == "closed" and unclean() == []

    def test_only_who_made_it_takes_it_back_once_and_with_a_reason(self, cast):
        sent = send_back(cast, delivered(cast))
        for actor in (cast.budi, cast.joko, cast.kasir):
            with pytest.raises(Forbidden):
                services.undo_return(actor, sent.id, "salah")
        with pytest.raises(NotFound):
            services.undo_return(cast.wati, sent.id, "salah")
        with pytest.raises(Refused) as refusal:
            services.undo_return(cast.sri, sent.id, " ")
        assert refusal.value.field == "reason"
        services.undo_return(cast.sri, sent.id, "salah")
        with pytest.raises(Refused, match="sudah selesai"):
            services.undo_return(cast.sri, sent.id, "salah")

    def test_a_return_on_which_a_paper_stands_stays(self, cast):
        order = delivered(cast)
        sent = send_back(cast, order)
        bill(cast, order, RICE_RP - 3 * PRICE_RP)
        with pytest.raises(Refused, match="sudah selesai"):
            services.undo_return(cast.sri, sent.id, "salah")
        assert sent.state == "credited" and books_agree(cast)


@pytest.mark.usefixtures("open_transaction")
class TestCredits:
    def test_a_credit_note_that_was_a_slip_is_owed_again(self, cast):
        recorded = bill(cast, delivered(cast))
        note = services.issue_credit(cast.joko, recorded.id, 1_000_000, "potongan")
        services.undo_credit(cast.joko, note.id, "seharusnya 100.000")
        assert (recorded.open_rp, services.credit_room_rp(recorded)) == (RICE_RP, RICE_RP)
        assert balance(cast, chart.PAYABLE_SUPPLIERS) == -RICE_RP
        assert balance(cast, chart.PRICE_DIFFERENCE) == 0
        assert (
            queries.left_of_credit(note) == 0
            and queries.unused_credits(cast.makmur.id, cast.lamongan.id) == []
        )
        undo = queries.undo_of(note.id)
        assert undo is not None and (undo.reason, undo.undone_by) == ("seharusnya 100.000", cast.joko.user_id)
        assert books_agree(cast) and unclean() == []
        services.issue_credit(cast.joko, recorded.id, 100_000, "potongan")
        pay(cast, recorded)
        assert recorded.state == "paid" and unclean() == []

    def test_a_slip_that_waited_for_the_next_bill_never_reaches_it(self, cast):
        first = bill(cast, delivered(cast))
        pay(cast, first)
        note = services.issue_credit(cast.budi, first.id, 500_000, "potongan")
        services.undo_credit(cast.budi, note.id, "salah tagihan")
        second = bill(cast, delivered(cast), reference="INV-2")
        assert second.open_rp == RICE_RP and unclean() == []

    def test_goods_that_went_back_wait_for_another_note(self, cast):
        order = delivered(cast)
        recorded = bill(cast, order)
        sent = send_back(cast, order)
        note = services.credit_return(cast.joko, sent.id, "CN-1")
        services.undo_credit(cast.joko, note.id, "nomor salah")
        assert (sent.state, queries.return_credit(sent.id)) == ("sent", None)
        again = services.credit_return(cast.joko, sent.id, "CN-2")
        assert queries.return_credit(sent.id) is again and recorded.open_rp == RICE_RP - 3 * PRICE_RP
        assert unclean() == []

    def test_a_bill_of_a_running_order_that_it_settled_is_owed_again(self, cast):
        first, order = bill(cast, delivered(cast), 1_000_000, open_case=True), delivered(cast)
        recorded = bill(cast, order, reference="INV-2")
        note = services.issue_credit(cast.joko, recorded.id, RICE_RP, "hadiah")
        assert (recorded.state, order.state) == ("paid", "closed")
        with pytest.raises(Refused, match="sudah selesai"):
            services.undo_credit(cast.joko, note.id, "salah")
        assert recorded.state == "paid" and first.state == "disputed" and unclean() == []

    def test_money_and_a_difference_that_stand_on_it_keep_it(self, cast):
        recorded = bill(cast, delivered(cast))
        pay(cast, recorded)
        paid_back = services.issue_credit(cast.joko, recorded.id, 500_000, "potongan")
        services.record_credit_money(cast.budi, paid_back.id, chart.BANK)
        with pytest.raises(Refused, match="dibayar kembali"):
            services.undo_credit(cast.joko, paid_back.id, "salah")
        dear = bill(cast, delivered(cast), RICE_RP + 500_000, "INV-2", open_case=True)
        ended = services.issue_credit(cast.joko, dear.id, 500_000, "salah harga")
        with pytest.raises(Refused, match="menyelesaikan"):
            services.undo_credit(cast.joko, ended.id, "salah")
        assert unclean() == []

    def test_a_part_of_a_difference_is_taken_back_while_it_is_open(self, cast):
        dear = bill(cast, delivered(cast), RICE_RP + 500_000, "INV-2", open_case=True)
        note = services.issue_credit(cast.joko, dear.id, 200_000, "salah harga")
        services.undo_credit(cast.joko, note.id, "salah jumlah")
        case = queries.case_of(dear.id)
        assert case is not None and queries.case_credited_rp(case.id) == 0 and dear.state == "disputed"
        services.issue_credit(cast.joko, dear.id, 500_000, "salah harga")
        assert dear.state == "recorded" and unclean() == []

    def test_only_who_wrote_it_takes_it_back_once(self, cast):
        note = services.issue_credit(cast.joko, bill(cast, delivered(cast)).id, 100_000, "potongan")
        with pytest.raises(Forbidden):
            services.undo_credit(cast.budi, note.id, "salah")
        with pytest.raises(NotFound):
            services.undo_credit(cast.wati, note.id, "salah")
        services.undo_credit(cast.joko, note.id, "salah")
        with pytest.raises(Refused, match="sudah dibatalkan"):
            services.undo_credit(cast.joko, note.id, "salah")


def test_both_are_taken_back_on_their_pages(cast, browsers):
    with db.transaction():
        order = delivered(cast)
        sent = send_back(cast, order).id
        note = services.issue_credit(cast.joko, bill(cast, order).id, 100_000, "potongan").id
    sri, budi, joko = (browsers(who) for who in (cast.sri, cast.budi, cast.joko))
    assert 'data-testid="undo-return"' in sri.get(f"/retur-pemasok/{sent}").get_data(as_text=True)
    assert 'data-testid="undo-return"' not in budi.get(f"/retur-pemasok/{sent}").get_data(as_text=True)
    assert 'data-testid="undo-credit"' in joko.get(f"/nota-kredit/{note}").get_data(as_text=True)
    for browser, path in ((sri, f"/retur-pemasok/{sent}"), (joko, f"/nota-kredit/{note}")):
        assert browser.post(f"{path}/pembatalan", {"reason": ""}).status_code == 422
        assert browser.post(f"{path}/pembatalan", {"reason": "salah ketik"}).status_code == 303
        page = browser.get(path).get_data(as_text=True)
        assert "salah ketik" in page and 'data-testid="undo-' not in page
    assert budi.post(f"/nota-kredit/{note}/pembatalan", {"reason": "x"}).status_code == 403
    assert browsers(cast.wati).post(f"/nota-kredit/{note}/pembatalan", {"reason": "x"}).status_code == 404
    assert browsers(cast.kasir).post(f"/retur-pemasok/{sent}/pembatalan", {"reason": "x"}).status_code == 403
