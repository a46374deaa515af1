"""The published vectors of payment QRs, our own golden ones, and what must be refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.payments import qris

EMVCO = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST"
    " TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086"
    "670902ME91320016A0112233449988770708123456786304A13A"
)
STATIC = (
    "00020101021126660014ID.CO.QRIS.WWW01189360091400000099990215ID12345678901230303UMI5204581253033605802"
    "ID5920WARUNG KOPI IBU SARI6007JAKARTA61051031063041FDB"
)
DYNAMIC = (
    "00020101021226660014ID.CO.QRIS.WWW01189360091400000099990215ID12345678901230303UMI5204581253033605405"
    "250005802ID5920WARUNG KOPI IBU SARI6007JAKARTA61051031063041D7A"
)
DOKU = (
    "00020101021126530012COM.DOKU.WWW0118936008990000002475020424750303URE51440014ID.CO.QRIS.WWW0215ID1020"
    "0392934820303URE5204539953033605802ID5911GUREUM SHOP6013JAKARTA PUSAT61051064062070703A016304455C"
)
JCB = (
    "0002010102121313JCB12345678900416MASTER12345678905204531153033925407999.1235802JP5906DONGRI6005TOKYO"
    "62240104hoge0504fuga0704piyo6304C343"
)
PIX = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano"
    " de Tal6008BRASILIA62070503***63041D3D"
)
DEMO = qris.Merchant("KOPERASI DEMO", "BANDUNG", "40111")
HEAD = (
    "00020101021226690017ID.CO.EXAMPLE.WWW01189360000000000000000215SIM0000000000010303URE51440014"
    "ID.CO.QRIS.WWW0215ID00000000000000303URE520454115303360"
)
TAIL = "5802ID5913KOPERASI DEMO6007BANDUNG610540111"
ENDS = "0703A016304"
GOLDEN = [
    (None, "SIM000000000001", f"{HEAD.replace('010212', '010211')}{TAIL}62260515SIM000000000001{ENDS}3D93"),
    (1, "SIM000000000001", f"{HEAD}54011{TAIL}62260515SIM000000000001{ENDS}F303"),
    (275_000, "SIM000000000001", f"{HEAD}5406275000{TAIL}62260515SIM000000000001{ENDS}13CD"),
    (10_000_000, "SIM000000000001", f"{HEAD}540810000000{TAIL}62260515SIM000000000001{ENDS}1D06"),
    (275_000, "SIM000000000008", f"{HEAD}5406275000{TAIL}62260515SIM000000000008{ENDS}0B10"),
    (275_000, "SIM000000000088", f"{HEAD}5406275000{TAIL}62260515SIM000000000088{ENDS}004A"),
    (275_000, "SIM000000001257", f"{HEAD}5406275000{TAIL}62260515SIM000000001257{ENDS}0003"),
]


def test_the_checksum_is_the_one_of_the_standard():
    assert qris.crc("123456789") == "29B1"


@pytest.mark.parametrize("text", [EMVCO, STATIC, DYNAMIC, DOKU, JCB, PIX])
def test_every_published_vector_is_read(text):
    assert qris.read(text)["63"] == text[-4:]


def test_lengths_count_characters_and_the_checksum_counts_bytes():
    assert (len(EMVCO), len(EMVCO.encode())) == (248, 260)
    assert qris.read(EMVCO)["64"] == "0002ZH0104最佳运输0202北京"


@pytest.mark.parametrize(("amount_rp", "reference", "text"), GOLDEN)
def test_a_simulated_qr_is_written_to_the_letter(amount_rp, reference, text):
    assert qris.build(DEMO, amount_rp, reference) == text


def test_a_wallet_reads_who_and_how_much():
    found = qris.parse(DYNAMIC)
    assert found == qris.Qris(qris.Merchant("WARUNG KOPI IBU SARI", "JAKARTA", "10310"), 25_000, "", True)
    assert qris.parse(STATIC).amount_rp is None
    assert not qris.parse(DOKU).dynamic


def with_crc(text: str) -> str:
    return text + qris.crc(text)


WRONG = {
    "a dynamic one that calls itself static": DYNAMIC.replace("010212", "010211", 1),
    "one changed digit": DYNAMIC.replace("250005802", "350005802"),
    "letters that are not hex": DYNAMIC[:-4] + "M2B3",
    "a checksum in small letters": DYNAMIC[:-4] + DYNAMIC[-4:].lower(),
    "something behind the checksum": DYNAMIC + "5802ID",
    "the same field twice": with_crc(DYNAMIC[:-8] + "5802ID6304"),
    "a length that overruns": with_crc(DYNAMIC[:-8] + "6299abc6304"),
    "dollars": with_crc(DYNAMIC[:-4].replace("5303360", "5303840")),
    "another country": with_crc(DYNAMIC[:-4].replace("5802ID", "5802SG")),
    "a negative amount": with_crc(DYNAMIC[:-4].replace("540525000", "5405-5000")),
    "half a rupiah": with_crc(DYNAMIC[:-4].replace("540525000", "54052500.5"[:9])),
    "arabic digits": with_crc(DYNAMIC[:-4].replace("540525000", "5405٢٥٠٠٠")),
    "no checksum": DYNAMIC[:-8],
    "a web address": "https://example.org/pay",
    "nothing": "",
    "far too much": with_crc(DYNAMIC[:-8] + "9999" + "x" * 99 + "8099" + "x" * 500 + "6304"),
    "a published one that is wrong": with_crc("000201")[:-4] + "63044E67",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_a_damaged_qr_is_refused(text):
    with pytest.raises(qris.BadQr):
        qris.parse(text)


@given(st.integers(1, 10_000_000), st.from_regex(r"[A-Z0-9]{1,25}", fullmatch=True))
def test_what_is_written_is_read_again(amount_rp, reference):
    found = qris.parse(qris.build(DEMO, amount_rp, reference))
    assert (found.amount_rp, found.reference, found.dynamic) == (amount_rp, reference, True)


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused_but_never_breaks(text):
    try:
        qris.parse(text)
    except qris.BadQr:
        return
    assert text.endswith(qris.crc(text[:-4]))


@given(st.integers(0, 238), st.sampled_from("0123456789ABCXYZ"))
def test_one_changed_sign_never_passes(at, sign):
    text = qris.build(DEMO, 275_000, "SIM000000000001")
    changed = text[:at] + sign + text[at + 1 :]
    if changed != text:
        with pytest.raises(qris.BadQr):
            qris.parse(changed)
