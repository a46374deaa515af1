"""The pages of inputs: the baker's, the cooperative's, and the one behind a secret link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from market.core import clock, db
from market.inputs import queries, services
from market.inputs.models import InputRequest
from market.needs import services as needs
from tests.inputs.conftest import PHONE, flour, need_of, request_of


def page_of(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:800]
    return answer.get_data(as_text=True)


def typed(**changes: object) -> dict[str, object]:
    return {
        "commodity_id": flour_id(),
        "wanted": "50 kg",
        "at_most": "80",
        "needed_by_on": (clock.today() + timedelta(days=5)).isoformat(),
        "ceiling_rp": "12.000",
        "terms": "prepaid",
        "note": "",
        **changes,
    }


def flour_id() -> int:
    with db.transaction(read_only=True):
        return flour().commodity_id


def newest() -> int:
    with db.transaction(read_only=True):
        return db.session.query(InputRequest.id).order_by(InputRequest.id.desc()).first()[0]


def test_she_asks_on_one_page_and_the_cooperative_finds_it_on_its_list(kitchen, browsers):
    tini, sri = browsers(kitchen.tini), browsers(kitchen.cast.sri)
    assert 'data-testid="save-request"' in page_of(tini.get("/bahan/baru"))
    answer = tini.post("/bahan", typed())
    assert answer.status_code == 303
    found = request_of(newest())
    assert (found.wanted_base, found.at_most_base, found.ceiling_rp) == (50_000, 80_000, 12_000)
    assert "task-input_to_decide" in page_of(sri.get("/hari-ini"))
    assert "Roti Bu Tini" in page_of(sri.get("/bahan"))
    assert "50 kg" in page_of(tini.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("field", "changes"),
    [("wanted", {"wanted": "banyak"}), ("at_most", {"at_most": "40"}), ("wanted", {"wanted": "1,5 kg"})],
)
def test_what_is_wrong_is_said_at_its_field(kitchen, browsers, field, changes):
    answer = browsers(kitchen.tini).post("/bahan", typed(**changes))
    assert answer.status_code == 422
    assert f"{field}-error" in answer.get_data(as_text=True)


def test_from_approval_to_the_sale_through_the_pages(kitchen, browsers):
    asked = kitchen.ask()
    sri, kasir, budi, tini = (
        browsers(who) for who in (kitchen.cast.sri, kitchen.cast.kasir, kitchen.cast.budi, kitchen.tini)
    )
    path = f"/bahan/{asked}"
    assert sri.post(f"{path}/persetujuan", {"quote_rp": "11.000", "terms": "prepaid"}).status_code == 303
    assert "task-input_to_pay" in page_of(tini.get("/hari-ini"))
    assert kasir.post(f"{path}/uang-muka", {"account": "1-1100"}).status_code == 303
    assert "task-input_to_pool" in page_of(sri.get("/hari-ini"))
    pool = f"/bahan/gabungan/baru/{flour_id()}"
    assert "Roti Bu Tini" in page_of(sri.get(pool))
    due = (clock.today() + timedelta(days=4)).isoformat()
    with db.transaction(read_only=True):
        pack_id = flour().id
    answer = sri.post(
        pool, {"pack_id": pack_id, "own_packs": "1", "own_at_most_packs": "", "needed_by_on": due}
    )
    assert answer.status_code == 303
    need = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert budi.post(f"/kebutuhan/{need}/persetujuan").status_code == 303
    assert need_of(need).wanted_packs == 3
    kitchen.arrive(need, 3)
    assert "task-input_to_share" in page_of(kasir.get("/hari-ini"))
    assert 'data-testid="share"' in page_of(kasir.get(f"/bahan/gabungan/{need}"))
    assert kasir.post(f"/bahan/gabungan/{need}/pembagian").status_code == 303
    assert "task-input_to_collect" in page_of(tini.get("/hari-ini"))
    code = re.search(r'data-testid="pickup-code">(\d{6})<', page_of(tini.get(path)))
    assert code is not None
    secret = request_of(asked).token
    for reader in (kasir, sri, budi):
        theirs = page_of(reader.get(path))
        assert code.group(1) not in theirs and secret not in theirs, "code and link are the buyer's alone"
    assert kasir.post(f"{path}/serah-terima", {"pickup_code": "salah"}).status_code == 422
    assert request_of(asked).wrong_codes == 1
    given = {"pickup_code": code.group(1), "account": "1-1100", "change": "return"}
    assert kasir.post(f"{path}/serah-terima", given).status_code == 303
    assert request_of(asked).state == "refund_pending"
    assert "jangan beri tunai dahulu" in page_of(kasir.get(path))
    kitchen.refund(asked)
    assert "Uang kembali" in page_of(kasir.get(path))
    receipt = re.search(r"/bahan/kuitansi/\d+", page_of(tini.get(path)))
    assert receipt is not None
    assert "rupiah" in page_of(tini.get(receipt.group(0)))


def test_a_need_that_is_open_is_offered_to_the_second_person_only(kitchen, browsers):
    with db.transaction():
        day = clock.today() + timedelta(days=4)
        own = needs.post_need(
            kitchen.cast.sri, pack_id=flour().id, wanted_packs=10, needed_by_on=day, ceiling_rp=250_000
        ).id
        needs.approve_need(kitchen.cast.budi, own)
    kitchen.paid()
    page = f"/bahan/gabungan/baru/{flour_id()}"
    assert 'data-testid="join"' not in page_of(browsers(kitchen.cast.sri).get(page))
    budi = browsers(kitchen.cast.budi)
    assert 'data-testid="join"' in page_of(budi.get(page))
    assert budi.post(f"/bahan/gabungan/{own}/isi").status_code == 303
    assert need_of(own).wanted_packs == 12


def test_who_has_only_a_telephone_asks_reads_and_withdraws_without_a_login(kitchen, browsers, client):
    with db.transaction(read_only=True):
        page = f"/toko/{kitchen.cast.makmur.slug}/bahan"
    assert 'data-testid="field-phone"' in page_of(client.get(page))
    answer = client.post(page, typed(buyer_name="Pak Slamet", phone=PHONE, wants_membership="y"))
    assert answer.status_code == 303
    mine = answer.headers["Location"]
    seen = client.get(mine)
    assert "Koperasi belum menjawab" in page_of(seen)
    assert (seen.headers["Cache-Control"], seen.headers["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert "Ingin menjadi anggota" in page_of(browsers(kitchen.cast.hadi).get(f"/bahan/{newest()}"))
    assert client.post(f"{mine}/penarikan").status_code == 303
    assert "Permintaan ditarik" in page_of(client.get(mine))
    assert client.get("/bahan-saya/tidak-ada").status_code == 404
    assert client.post(page, typed(buyer_name="Pak Slamet", phone="12")).status_code == 422
    assert client.get("/toko/bukan-koperasi/bahan").status_code == 404


def test_the_chair_makes_her_a_member_and_reads_the_first_password(kitchen, browsers):
    asked = kitchen.guest()
    hadi = browsers(kitchen.cast.hadi)
    assert browsers(kitchen.cast.sri).post(f"/bahan/{asked}/keanggotaan").status_code == 403
    assert hadi.post(f"/bahan/{asked}/keanggotaan").status_code == 303
    assert "Kata sandi pertama" in page_of(hadi.get(f"/bahan/{asked}"))
    assert request_of(asked).member


def test_money_goes_back_through_two_pages_or_stays(kitchen, browsers, client):
    first, second = kitchen.paid(), kitchen.paid()
    tini, budi, hadi = (browsers(who) for who in (kitchen.tini, kitchen.cast.budi, kitchen.cast.hadi))
    for each in (first, second):
        assert tini.post(f"/bahan/{each}/penarikan").status_code == 303
    assert "task-input_to_refund" in page_of(budi.get("/hari-ini"))
    assert budi.post(f"/bahan/{first}/pengembalian", {"account": "1-1100"}).status_code == 303
    assert "task-input_refund_waits" in page_of(hadi.get("/hari-ini"))
    assert hadi.post(f"/bahan/{first}/pengembalian/persetujuan").status_code == 303
    assert tini.post(f"/bahan/{second}/titipan").status_code == 303
    assert [request_of(each).state for each in (first, second)] == ["refunded", "kept"]
    assert browsers(kitchen.cast.kasir).post(f"/bahan/{second}/titipan/penarikan").status_code == 303
    own = f"/bahan-saya/{request_of(second).token}"
    assert client.post(f"{own}/titipan").status_code == 303
    assert "Uang disimpan" in page_of(client.get(own))


def test_credit_is_settled_at_the_counter(kitchen, browsers):
    asked = kitchen.on_credit(25)
    kitchen.ready(kitchen.open_pool(), 1)
    kitchen.collect(asked)
    clock.travel(15 * 86_400)
    kasir = browsers(kitchen.cast.kasir)
    assert "task-input_overdue" in page_of(kasir.get("/hari-ini"))
    path, owed = f"/bahan/{asked}", request_of(asked).owed_rp
    more = {"amount_rp": str(owed + 1), "account": "1-1100"}
    assert kasir.post(f"{path}/pelunasan", more).status_code == 422
    assert kasir.post(f"{path}/pelunasan", {**more, "amount_rp": str(owed)}).status_code == 303
    assert request_of(asked).state == "settled"


def test_a_stranger_gets_nothing_a_reader_changes_nothing_and_a_get_is_no_change(kitchen, browsers):
    asked = kitchen.ask()
    path = f"/bahan/{asked}"
    assert browsers(kitchen.cast.wati).get(path).status_code == 404
    assert browsers(kitchen.cast.joko).get("/bahan").status_code == 403
    kasir = browsers(kitchen.cast.kasir)
    assert kasir.get(path).status_code == 200
    assert kasir.post(f"{path}/persetujuan", {}).status_code == 403
    assert browsers(kitchen.tini).post(f"{path}/uang-muka", {}).status_code == 403
    for act in ("persetujuan", "penolakan", "uang-muka", "pengembalian", "serah-terima", "penarikan"):
        assert kasir.get(f"{path}/{act}").status_code == 405


def test_the_office_and_other_bakers_see_no_kitchen(kitchen, browsers):
    asked = kitchen.ask()
    assert browsers(kitchen.cast.ratna).get(f"/bahan/{asked}").status_code == 403
    with db.transaction(read_only=True):
        assert queries.open_of_phone(kitchen.cast.makmur.id, PHONE) == 0


def test_a_no_through_the_page(kitchen, browsers):
    asked = kitchen.ask()
    sri = browsers(kitchen.cast.sri)
    assert sri.post(f"/bahan/{asked}/penolakan", {"reason": ""}).status_code == 422
    assert sri.post(f"/bahan/{asked}/penolakan", {"reason": "gudang penuh"}).status_code == 303
    assert "gudang penuh" in page_of(browsers(kitchen.tini).get(f"/bahan/{asked}"))


def test_goods_left_at_the_counter_go_back_through_the_page(kitchen, browsers):
    asked = kitchen.on_credit(25)
    kitchen.ready(kitchen.open_pool(), 1)
    for _time in range(services.MAX_WRONG_CODES):
        with db.transaction():
            services.note_wrong_code(asked)
    tini = browsers(kitchen.tini)
    assert "Buat kode baru" in page_of(tini.get(f"/bahan/{asked}"))
    assert tini.post(f"/bahan/{asked}/kode").status_code == 303
    sri = browsers(kitchen.cast.sri)
    assert sri.post(f"/bahan/{asked}/pembatalan", {"reason": "tidak datang"}).status_code == 303
    assert request_of(asked).state == "unmet"
