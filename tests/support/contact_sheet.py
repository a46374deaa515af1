"""Pictures of every page of a running demo, at 360 and 1280 px, role by role.

    python -m market demo --port 8000        (prints the logins and the password)
    python -m tests.support.contact_sheet http://127.0.0.1:8000 logins.json docs

`logins.json` is what `demo --json` prints. Each role's browser follows the links of its own pages, one
page per kind of address, and a sheet shows them side by side; a page that another role of the same house
has shown is left out, its "today" excepted. What sticks out sideways, breaks or hinders (axe) is printed,
and makes the script end with an error.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from market.app import create_app
from market.config import Settings
from tests.support.axe import hindrances
from tests.support.browser import ARGUMENTS, find_chromium, sideways

SIZES: dict[str, ViewportSize] = {
    "360": {"width": 360, "height": 740},
    "1280": {"width": 1280, "height": 800},
}
THUMB = {"360": 240, "1280": 480}
TODAY = "/hari-ini"
ROLES = {
    "warga": ("A resident, not signed in", "street"),
    "dinas": ("The office", "office"),
    "bendahara": ("A cooperative's treasurer", "cooperative"),
    "ketua": ("Its chair: what the treasurer has not shown", "cooperative"),
    "sekretaris": ("Its secretary: what they have not shown", "cooperative"),
    "kasir": ("Its cashier: what they have not shown", "cooperative"),
    "pemasok": ("A supplier", "supplier"),
    "umkm": ("A member with a shop", "seller"),
}
TALLEST = {"360": 1500, "1280": 1600}
NOT_PAGES = re.compile(r"\.(xlsx|csv|pdf|json)$|/foto/|/keluar|/langsung|/hidup|/siap$|/static/")


@dataclass
class Sheet:
    """The pages of one role at one size."""

    role: str
    size: str
    shots: list[tuple[str, Image.Image]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def addresses() -> MapAdapter:
    """The product's own table of addresses: two that lead to one view are one kind of page."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            env="test", database_url="sqlite://", secret_key="x" * 40, instance_dir=Path(folder)
        )
        return create_app(settings).url_map.bind("127.0.0.1")


def kind_of(known: MapAdapter, path: str) -> str:
    """The view that answers the address; nothing for what is no page of the product."""
    try:
        return str(known.match(urlsplit(path).path)[0])
    except HTTPException:
        return ""


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/masuk")
    page.get_by_test_id("field-login").fill(login)
    page.get_by_test_id("field-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()
    page.wait_for_url("**/hari-ini")


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    return [href for href in found if href.startswith("/") and not NOT_PAGES.search(href.split("?")[0])]


def walk(page: Page, known: MapAdapter, sheet: Sheet, start: list[str], shown: set[str]) -> None:
    """One picture per kind of address that the role's own links reach and nobody of the house has shown."""
    todo, seen = list(start), {"", *shown} - {kind_of(known, TODAY)}
    while todo:
        path = todo.pop(0)
        if (kind := kind_of(known, path)) in seen:
            continue
        seen.add(kind)
        answer = page.goto(path)
        if answer is None or answer.status >= 400:
            sheet.faults.append(f"{sheet.role} {path}: {answer.status if answer else 'no answer'}")
            continue
        if sideways(page):
            sheet.faults.append(f"{sheet.role} {sheet.size} {path} sticks out: {sideways(page)[:2]}")
        sheet.faults += [f"{sheet.role} {sheet.size} {path} {each}" for each in hindrances(page)]
        sheet.shots.append((path, shot(page, sheet.size)))
        todo += links(page)
    shown |= seen - {""}


def shop(page: Page) -> list[str]:
    """Buy one thing as a guest; the addresses of the filled basket and of the order."""
    page.goto(next(href for href in links(page) if href.count("/") == 2 and href.startswith("/toko/")))
    page.locator(".btn-add").first.click()
    page.get_by_test_id("to-basket").click()
    page.wait_for_url("**/keranjang")
    page.get_by_test_id("field-buyer_name").fill("Bu Sum")
    page.get_by_test_id("field-phone").fill("081234567890")
    basket = page.url
    page.get_by_test_id("order-form").get_by_test_id("submit").click()
    page.wait_for_url("**/pesanan-saya/*")
    order = page.url
    page.goto(basket.removesuffix("/keranjang"))
    page.locator(".btn-add").first.click()
    page.wait_for_load_state()
    return [urlsplit(basket).path, urlsplit(order).path]


def shot(page: Page, size: str) -> Image.Image:
    """The whole page in a window as tall as itself, so that bars at its foot stand at its foot."""
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**SIZES[size], "height": min(max(tall, SIZES[size]["height"]), TALLEST[size])})
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.set_viewport_size(SIZES[size])
    width = THUMB[size]
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def compose(sheet: Sheet) -> Image.Image:
    """Rows of pages with their addresses above them."""
    columns, width = (7, THUMB["360"]) if sheet.size == "360" else (4, THUMB["1280"])
    rows = [sheet.shots[at : at + columns] for at in range(0, len(sheet.shots), columns)]
    heights = [max(picture.height for _path, picture in row) + 30 for row in rows]
    canvas = Image.new("RGB", (columns * (width + 12) + 12, sum(heights) + 12), "#D9D5CC")
    draw, top = ImageDraw.Draw(canvas), 12
    for row, height in zip(rows, heights, strict=True):
        for column, (path, picture) in enumerate(row):
            left = 12 + column * (width + 12)
            draw.text((left, top), path[: width // 6], fill="#1E2420")
            canvas.paste(picture, (left, top + 16))
        top += height
    return canvas


def photograph(
    browser: Browser,
    known: MapAdapter,
    url: str,
    role: str,
    said: dict[str, dict[str, str]],
    shown: dict[str, set[str]],
) -> list[Sheet]:
    """Both sheets of a role; `shown` remembers per size what its house has shown already."""
    sheets, login = [], role if role in said["logins"].values() else None
    for size, viewport in SIZES.items():
        context = browser.new_context(
            base_url=url, viewport=viewport, locale="id-ID", reduced_motion="reduce"
        )
        page = context.new_page()
        if login is not None:
            sign_in(page, login, str(said["password"]))
        sheet = Sheet(role, size)
        if login is None:
            page.goto("/")
        start = ["/", *shop(page)] if login is None else [TODAY]
        walk(page, known, sheet, start, shown.setdefault(size, set()))
        sheets.append(sheet)
        context.close()
    return sheets


def main(url: str, logins_file: str, folder: str) -> int:
    said = json.loads(Path(logins_file).read_text(encoding="utf-8"))
    out, faults = Path(folder), []
    lines = ["# Pages", "", "Made from the running demo by `python -m tests.support.contact_sheet`."]
    shown: dict[str, dict[str, set[str]]] = {}
    known = addresses()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        for role, (title, house) in ROLES.items():
            if role not in ("warga", *said["logins"].values()):
                faults.append(f"{role}: no login")
                continue
            lines += ["", f"## {title}"]
            for sheet in photograph(browser, known, url, role, said, shown.setdefault(house, {})):
                name = f"pages-{role}-{sheet.size}.webp"
                compose(sheet).save(out / name, "WEBP", quality=62)
                lines += ["", f"![{title}, {sheet.size} px]({name})"]
                faults += sheet.faults
                print(f"{name}: {len(sheet.shots)} pages", flush=True)
        browser.close()
    (out / "pages.md").write_text("\n".join([*lines, ""]), encoding="utf-8")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
