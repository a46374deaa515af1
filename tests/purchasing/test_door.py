"""At the door: weighed samples, photos, signatures, and what comes beyond the order."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from market.core import approvals, clock, db
from market.core.errors import NotFound, Refused
from market.core.permissions import Role
from market.ledger import chart
from market.purchasing import queries, services
from market.purchasing.models import GoodsReceipt, GoodsReceiptLine
from market.purchasing.services import HandOver, ReceiptLine
from tests import factories
from tests.purchasing.conftest import (
    PACKS,
    PRICE_RP,
    balance,
    books_agree,
    facts,
    freight,
    goods,
    issue,
    words,
)


def picture(kind: str = "PNG") -> bytes:
    """A stroke on paper."""
    made = Image.new("RGB", (320, 120), "white")
    ImageDraw.Draw(made).line((10, 90, 300, 20), fill="black", width=4)
    out = io.BytesIO()
    made.save(out, kind)
    return out.getvalue()


def came(cast, order, accepted=PACKS, rejected=0, reason="", hand_over=None, **details):
    line = queries.goods_lines(order.id)[0]
    counted = [ReceiptLine(line.id, accepted, rejected, reason, **details)]
    return services.receive_goods(cast.sri, order.id, counted, "", hand_over)


# --- the scales -------------------------------------------------------------------------------------


@given(st.integers(1, 50_000), st.lists(st.integers(1, 60_000), min_size=1, max_size=30))
def test_a_pack_is_light_only_below_the_limit(limit_g, weights_g):
    verdict = services.judge(limit_g, weights_g)
    assert verdict.light_packs == len([g for g in weights_g if g < limit_g])
    assert verdict.within == (min(weights_g) >= limit_g)
    assert verdict.lightest_g <= verdict.average_g <= max(weights_g)


def test_nothing_weighed_is_no_verdict():
    with pytest.raises(ValueError, match="weighed"):
        services.judge(24_750, [])


def test_a_sample_within_the_law_is_kept_with_its_limit(cast, open_transaction):
    receipt = came(cast, issue(cast), weights_g=(24_750, 25_100))
    row = queries.receipt_lines(receipt.id)[0][0]
    assert (row.weights_g, row.limit_g) == ([24_750, 25_100], 24_750), "25 kg may be 250 g lighter"


def test_packs_below_the_limit_cannot_all_be_taken(cast, open_transaction):
    order = issue(cast)
    with pytest.raises(Refused, match="24,75 kg: tolak") as refusal:
        came(cast, order, weights_g=(24_749, 24_900))
    assert refusal.value.field.startswith("rejected_")
    receipt = came(cast, order, 47, 1, "underweight", weights_g=(24_749, 24_900))
    claim = queries.claims_of(order.id)[0]
    assert (claim.reason, claim.packs) == ("underweight", 1)
    assert services.judge(24_750, queries.receipt_lines(receipt.id)[0][0].weights_g).light_packs == 1


@pytest.mark.parametrize(
    ("weights", "packs", "code"),
    [
        ((25,), 48, "BRS-PRM-25"),
        ((25_000,) * 49, 48, "BRS-PRM-25"),
        ((25_000,) * 31, 48, "BRS-PRM-25"),
        ((15_000,), 48, "TLR-15"),
    ],
    ids=["grams for kilograms", "more than came", "too many", "no limit in law"],
)
def test_a_sample_that_makes_no_sense_is_refused(cast, open_transaction, weights, packs, code):
    order = issue(cast, goods(code=code))
    with pytest.raises(Refused) as refusal:
        came(cast, order, packs, weights_g=weights)
    assert refusal.value.field.startswith("weights_")


# --- beyond the order -------------------------------------------------------------------------------


def test_what_came_beyond_the_order_goes_back_unless_asked_for(cast, open_transaction):
    order = issue(cast)
    receipt = came(cast, order, extra_packs=3)
    row, line = queries.receipt_lines(receipt.id)[0]
    assert (row.delivered_packs, row.extra_packs, line.received_packs) == (48, 3, 48)
    assert receipt.value_rp == PACKS * PRICE_RP
    assert queries.waiting_extras(cast.budi) == []


def test_extra_is_counted_only_after_everything_awaited(cast, open_transaction):
    with pytest.raises(Refused, match="setelah semua yang ditunggu"):
        came(cast, issue(cast), 40, 0, extra_packs=3)


def test_a_second_person_takes_the_extra_at_the_orders_price_without_freight(cast, open_transaction):
    order = issue(cast, goods(), freight())
    came(cast, order, extra_packs=2, keep_extra=True)
    ((_approval, row, line, _order, _name),) = queries.waiting_extras(cast.budi)
    taken = services.decide_extra(cast.budi, row.id, approve=True)
    assert taken is not None and taken.value_rp == 2 * PRICE_RP
    assert (line.ordered_packs, line.received_packs, order.total_rp) == (
        50,
        50,
        50 * PRICE_RP + 48 * 2_500,
    )
    assert balance(cast, chart.INVENTORY) == 50 * PRICE_RP + 48 * 2_500
    assert services.billable_rp(queries.lines_of(order.id)) == order.total_rp
    assert books_agree(cast)
    with pytest.raises(Refused, match="sudah diputuskan"):
        services.decide_extra(cast.hadi, row.id, approve=True)


def test_nobody_takes_the_extra_that_they_proposed(cast, open_transaction):
    order = issue(cast)
    line = queries.goods_lines(order.id)[0]
    counted = [ReceiptLine(line.id, PACKS, extra_packs=1, keep_extra=True)]
    services.receive_goods(cast.budi, order.id, counted)
    row = queries.waiting_extras(cast.budi)[0][1]
    with pytest.raises(Refused, match="orang lain"):
        services.decide_extra(cast.budi, row.id, approve=True)
    assert line.received_packs == PACKS and books_agree(cast)


def test_a_no_sends_the_extra_back_with_a_reason(cast, open_transaction):
    order = issue(cast)
    receipt = came(cast, order, extra_packs=1, keep_extra=True)
    row = queries.waiting_extras(cast.budi)[0][1]
    with pytest.raises(Refused, match="alasan"):
        services.decide_extra(cast.budi, row.id, approve=False)
    assert services.decide_extra(cast.budi, row.id, approve=False, reason="gudang penuh") is None
    assert queries.extras_of(receipt.id)[row.id].state == "rejected"
    assert queries.goods_lines(order.id)[0].ordered_packs == PACKS


def test_goods_at_a_price_of_the_state_never_exceed_the_order(cast, open_transaction):
    order = issue(cast, goods(code="BRS-SPHP-5"))
    with pytest.raises(Refused, match="berharga tetap"):
        came(cast, order, extra_packs=1, keep_extra=True)


def test_a_stranger_finds_no_extra(cast, open_transaction):
    came(cast, issue(cast), extra_packs=1, keep_extra=True)
    row = queries.waiting_extras(cast.budi)[0][1]
    chair = factories.actor(Role.CHAIR, cast.tetangga)
    with pytest.raises(NotFound):
        services.decide_extra(chair, row.id, approve=True)
    assert queries.waiting_extras(chair) == []
    assert approvals.pending(cast.makmur.id, (queries.EXTRA,)) != []


# --- the proof --------------------------------------------------------------------------------------


def test_a_finger_signs_and_only_its_pixels_are_kept(app, cast, open_transaction):
    receipt = came(cast, issue(cast), hand_over=HandOver(" Pak  Tono ", picture()))
    assert receipt.driver_name == "Pak Tono" and receipt.signed_at is not None
    assert receipt.signature is not None and len(receipt.signature) == 32


def test_a_typed_name_signs_without_a_finger(cast, open_transaction):
    receipt = came(cast, issue(cast), hand_over=HandOver("Tono"))
    assert receipt.signed_at is not None and receipt.signature is None


def test_a_drawing_without_a_name_is_nobodys(app, cast, open_transaction):
    with pytest.raises(Refused, match="nama"):
        came(cast, issue(cast), hand_over=HandOver("", picture()))


# --- pages ------------------------------------------------------------------------------------------


def typed(line: int, **more: object) -> dict[str, object]:
    drawn = "data:image/png;base64," + base64.b64encode(picture()).decode()
    return {
        f"accepted_{line}": "46",
        f"rejected_{line}": "2",
        f"reason_{line}": "underweight",
        f"weights_{line}": "24,6 24.7; 25 kg",
        f"photo_{line}": (io.BytesIO(picture("JPEG")), "sak.jpg"),
        "driver_name": "Pak Tono",
        "signature": drawn,
        **more,
    }


def test_the_receipt_shows_verdict_photo_and_signature_to_both_sides(cast, browsers, order, line):
    sri = browsers(cast.sri)
    answer = sri.post(f"/pesanan/{order}/terima", typed(line), content_type="multipart/form-data")
    assert answer.status_code == 303, words(answer)
    row = row_of(line)
    for browser in (sri, browsers(cast.joko)):
        page = words(browser.get(answer.location))
        assert "Timbangan kurang: 2 dari 3 di bawah batas 24,75 kg, terendah 24,60 kg." in page
        assert "Pak Tono menandatangani di layar" in page
        for path in (f"{answer.location}/foto/{row}", f"{answer.location}/tanda-tangan"):
            shown = browser.get(path)
            assert shown.status_code == 200 and shown.mimetype == "image/webp"
            assert shown.headers["Content-Security-Policy"].endswith("sandbox")
    assert sri.get(f"{answer.location}.pdf").data.startswith(b"%PDF")


def test_pictures_of_a_receipt_are_not_swept_away(cast, browsers, order, line):
    browsers(cast.sri).post(f"/pesanan/{order}/terima", typed(line), content_type="multipart/form-data")
    with db.transaction(read_only=True):
        names = {db.session.query(GoodsReceipt.signature).scalar()}
        names |= {db.session.query(GoodsReceiptLine.photo).scalar()}
        assert len(names) == 2
        assert queries.photos_in_use({*names, "f" * 32}) == names


def test_pictures_of_a_receipt_are_for_its_two_sides_only(cast, browsers, order, line):
    answer = browsers(cast.sri).post(
        f"/pesanan/{order}/terima", typed(line), content_type="multipart/form-data"
    )
    for who in (cast.wati, cast.nur):
        for path in (f"/foto/{row_of(line)}", "/tanda-tangan"):
            assert browsers(who).get(answer.location + path).status_code == 404
    assert browsers(cast.sri).get(f"{answer.location}/foto/999").status_code == 404


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("signature", "data:text/html;base64,PHNjcmlwdD4=", "Tanda tangan tidak terbaca"),
        ("signature", "data:image/png;base64,!!!", "Tanda tangan tidak terbaca"),
        ("weights", "berat", "satuannya"),
        ("driver_name", "", "nama yang menandatangani"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_booked(cast, browsers, order, line, name, value, says):
    before = facts()
    field = f"weights_{line}" if name == "weights" else name
    answer = browsers(cast.sri).post(
        f"/pesanan/{order}/terima", typed(line, **{field: value}), content_type="multipart/form-data"
    )
    assert answer.status_code == 422 and says in words(answer)
    assert facts() == before


def test_the_day_at_the_door_is_one_page(cast, browsers):
    with db.transaction():
        for days, place in ((-1, cast.lamongan), (0, cast.ngawi), (5, cast.lamongan), (30, cast.ngawi)):
            on = clock.today() + timedelta(days=days)
            issue(cast, delivery_on=on, supplier=place)
    page = words(browsers(cast.kasir).get("/penerimaan"))
    main = page[page.index("Yang ditunggu di pintu") :]
    assert main.index("Terlambat") < main.index("Hari ini") < main.index("Tujuh hari ke depan")
    assert page.count("Terima barang") == 3, "what comes in a month is not of today"
    assert "Tidak ada barang yang ditunggu" in words(browsers(cast.wati).get("/penerimaan"))


def test_the_second_person_decides_on_the_page(cast, browsers, order, line):
    sri, budi = browsers(cast.sri), browsers(cast.budi)
    counted = {f"accepted_{line}": "48", f"extra_{line}": "2", f"keep_{line}": "y"}
    assert sri.post(f"/pesanan/{order}/terima", counted).status_code == 303
    row = row_of(line)
    assert "Ambil kelebihannya" not in words(sri.get("/penerimaan")), "the proposer only waits"
    assert "2 sak (50 kg) lebih" in words(budi.get("/penerimaan"))
    assert sri.post(f"/penerimaan/lebih/{row}/persetujuan").status_code == 403
    assert budi.post(f"/penerimaan/lebih/{row}/penolakan").status_code == 422
    done = budi.post(f"/penerimaan/lebih/{row}/persetujuan")
    assert done.status_code == 303
    with db.transaction(read_only=True):
        assert db.session.query(GoodsReceipt).count() == 2
        assert queries.goods_lines(order)[0].received_packs == 50
    assert budi.post(f"/penerimaan/lebih/{row}/persetujuan").status_code == 422


def test_each_stop_carries_a_code_that_opens_the_buyers_page(cast, browsers, order):
    page = browsers(cast.joko).get("/pesanan/kirim").get_data(as_text=True)
    assert page.count("<svg") >= 2 and 'class="qr"' in page
    assert browsers(cast.joko).get(f"/pesanan/{order}/terima").status_code == 403
    assert browsers(cast.wati).get(f"/pesanan/{order}/terima").status_code == 404


def row_of(line: int) -> int:
    with db.transaction(read_only=True):
        found = db.session.query(GoodsReceiptLine.id).filter_by(order_line_id=line)
        return int(found.order_by(GoodsReceiptLine.id).first()[0])
