"""The camera of the counter reads a barcode onto the bill; a scanner types the same and ends with Enter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from market.catalogue import services as catalogue
from market.catalogue.models import Product
from market.core import db
from tests.counter.shop import FLOAT, stock_pack
from tests.counter.shop import services as counter_services
from tests.journeys import steps
from tests.support.browser import ARGUMENTS, Pages, find_chromium

BARCODE = "8991002101234"
WIDE, HIGH, FRAMES = 640, 480, 4
_LEFT = (
    *("0001101", "0011001", "0010011", "0111101", "0100011"),
    *("0110001", "0101111", "0111011", "0110111", "0001011"),
)
_PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")


def checked(twelve: str) -> str:
    """The number with its check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def bars(number: str) -> str:
    """The 95 modules of an EAN-13, 1 is black."""

    def other(code: str) -> str:
        return "".join("10"[int(bit)] for bit in code)

    left = [
        _LEFT[int(digit)] if kind == "L" else other(_LEFT[int(digit)])[::-1]
        for digit, kind in zip(number[1:7], _PARITY[int(number[0])], strict=True)
    ]
    right = [other(_LEFT[int(digit)]) for digit in number[7:]]
    return "101" + "".join(left) + "01010" + "".join(right) + "101"


def film(path: Path, number: str) -> Path:
    """A camera's picture of the barcode on white paper, as raw video."""
    row = bytearray([235]) * WIDE
    for module, bit in enumerate(bars(number)):
        at = 130 + module * 4
        row[at : at + 4] = bytes([16 if bit == "1" else 235]) * 4
    white, grey = bytes([235]) * WIDE, bytes([128]) * (WIDE * HIGH // 2)
    picture = b"".join(bytes(row) if 120 <= line < 360 else white for line in range(HIGH)) + grey
    head = f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + b"".join(b"FRAME\n" + picture for _frame in range(FRAMES)))
    return path


def test_the_drawn_barcode_is_a_barcode():
    number = checked(BARCODE[:12])
    assert (len(bars(number)), number[:12]) == (95, BARCODE[:12])
    assert checked("590123412345") == "5901234123457"
    assert bars("5901234123457").startswith("10100010110100111011001100100110111101001110101010")


@pytest.fixture
def camera(browser: Browser, tmp_path: Path) -> Iterator[Browser]:
    """A browser of its own whose camera sees the barcode."""
    picture = film(tmp_path / "lens.y4m", checked(BARCODE[:12]))
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    options = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={picture}",
    )
    started = browser.browser_type.launch(
        executable_path=find_chromium(), args=[*ARGUMENTS, *sandbox, *options]
    )
    yield started
    started.close()


def shelf(cast) -> None:
    with db.transaction():
        pack_id = stock_pack(cast, "GULA-1", 20, 15_000)
        sugar = catalogue.sell_pack(cast.sri, pack_id, 17_000)
        db.session.get_one(Product, sugar.id).barcode = checked(BARCODE[:12])
        counter_services.set_price(cast.sri, stock_pack(cast, "MKT-1", 12, 14_500), 15_700)
        counter_services.open_shift(cast.kasir, "1", FLOAT)


def test_what_the_camera_reads_and_what_a_scanner_types_lies_on_the_bill(live, cast, camera):
    shelf(cast)
    live.pages = Pages(camera)
    page = live.of(cast.kasir)
    page.context.grant_permissions(["camera"])
    steps.see(page, "/kasir")
    page.get_by_test_id("scan").click()
    expect(page.get_by_test_id("total")).to_contain_text("Rp17.000", timeout=20_000)
    expect(page.get_by_test_id("eye")).to_be_hidden()
    # A scanner is a keyboard: it types wherever the mark is, and ends with Enter.
    page.locator("h1").click()
    page.keyboard.type(f"{checked(BARCODE[:12])}\n")
    expect(page.get_by_test_id("total")).to_contain_text("Rp34.000")
    oil = page.get_by_test_id("good").filter(has_text="Minyakita")
    oil.click()
    expect(page.get_by_test_id("total")).to_contain_text("Rp49.700")
    page.keyboard.type(f"{checked(BARCODE[:12])}\n")
    expect(page.get_by_test_id("total")).to_contain_text("Rp66.700")
    assert live.pages.watch.left() == []
    live.pages.close()
