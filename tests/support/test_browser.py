"""The browser and its watch, against a small server of its own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support import browser as support

PHONE = "<meta name=viewport content='width=device-width'>"
PAGES = {
    "/": (200, "text/html", PHONE + "<title>Lumbung</title><p>Beras"),
    "/throws": (200, "text/html", "<script>throw new Error('buah jatuh')</script>"),
    "/shouts": (200, "text/html", "<script>console.error('gudang kosong')</script>"),
    "/lacks": (200, "text/html", "<img src=/hilang.png>"),
    "/foreign": (200, "text/html", "<img src=https://example.org/a.png>"),
    "/breaks": (500, "text/html", "rusak"),
    "/refused": (422, "text/html", "<p>Jumlah belum benar"),
    "/wide": (200, "text/html", PHONE + "<div style='width:900px'>x</div>"),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, kind, body = PAGES.get(self.path, (404, "text/plain", "tidak ada"))
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def pages(browser):
    opened = support.Pages(browser)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/throws", "buah jatuh"),
        ("/shouts", "gudang kosong"),
        ("/lacks", "answer 404"),
        ("/foreign", "request failed: GET https://example.org/a.png"),
        ("/breaks", "answer 500"),
    ],
)
def test_what_goes_wrong_on_a_page_fails_its_test(pages, address, path, fault):
    pages(address).goto(path)
    pages.close()
    assert [seen for seen in pages.watch.left() if fault in seen], pages.watch.faults
    pages.watch.allow(fault)
    assert not pages.watch.left()


@pytest.mark.parametrize("path", ["/", "/refused"])
def test_a_good_page_and_a_refused_form_are_no_fault(pages, address, path):
    page = pages(address)
    page.goto("/")
    assert page.request.get(address + "/refused").status == 422
    page.goto(path)
    if path == "/":
        page.wait_for_load_state("networkidle")
    faults = [fault for fault in pages.watch.left() if "favicon" not in fault]
    assert not faults


def test_phone_and_desktop_have_their_sizes_and_their_own_cookies(pages, address):
    phone, desktop = pages(address), pages(address, wide=True)
    for page, width in ((phone, 360), (desktop, 1280)):
        page.goto("/")
        assert page.evaluate("innerWidth") == width
    phone.context.add_cookies([{"name": "sesi", "value": "1", "url": address}])
    assert not desktop.context.cookies()


def test_a_page_without_scripts_runs_none(pages, address):
    page = pages(address, scripts=False)
    page.goto("/throws")
    assert not [fault for fault in pages.watch.left() if "buah" in fault]


def test_what_sticks_out_sideways_is_named(pages, address):
    page = pages(address)
    page.goto("/wide")
    assert support.sideways(page)
    page.goto("/")
    assert not support.sideways(page)


def test_without_a_chromium_the_reason_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv("LUMBUNG_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert support.find_chromium() is None
