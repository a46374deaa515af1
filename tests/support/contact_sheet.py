"""Pictures of every page of a running demo, at 360 and 1280 px, role by role.

    python -m market demo --port 8000        (prints the logins and the password)
    python -m tests.support.contact_sheet http://127.0.0.1:8000 logins.json docs

`logins.json` is what `demo --json` prints. Each role's browser follows the links of its own pages, one
page per kind of address, and a sheet shows them side by side. What sticks out sideways or breaks is
printed, and makes the script end with an error.
"""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import ARGUMENTS, find_chromium, sideways

SIZES = {"360": {"width": 360, "height": 740}, "1280": {"width": 1280, "height": 800}}
THUMB = {"360": 240, "1280": 480}
MOST_PAGES = 28
TALLEST = {"360": 1500, "1280": 1600}
NOT_PAGES = re.compile(r"\.(xlsx|csv|pdf|json)$|/foto/|/keluar|/langsung|/hidup|/siap$|/static/")


@dataclass
class Sheet:
    """The pages of one role at one size."""

    role: str
    size: str
    shots: list[tuple[str, Image.Image]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def kind_of(path: str) -> str:
    """The address without what names one thing: /pesanan/7 -> /pesanan/N."""
    return re.sub(r"/[0-9A-Za-z_-]{20,}", "/N", re.sub(r"\d+", "N", urlsplit(path).path))


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/masuk")
    page.get_by_test_id("field-login").fill(login)
    page.get_by_test_id("field-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()
    page.wait_for_url("**/hari-ini")


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    return [href for href in found if href.startswith("/") and not NOT_PAGES.search(href.split("?")[0])]


def walk(page: Page, sheet: Sheet, start: str) -> None:
    """One picture per kind of address that the role's own links reach."""
    todo, seen = [start], set()
    while todo and len(sheet.shots) < MOST_PAGES:
        path = todo.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        answer = page.goto(path)
        if answer is None or answer.status >= 400:
            sheet.faults.append(f"{sheet.role} {path}: {answer.status if answer else 'no answer'}")
            continue
        if sideways(page):
            sheet.faults.append(f"{sheet.role} {sheet.size} {path} sticks out: {sideways(page)[:2]}")
        sheet.shots.append((path, shot(page, sheet.size)))
        todo += links(page)


def shot(page: Page, size: str) -> Image.Image:
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST[size])))
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


def photograph(browser: Browser, url: str, role: str, login: str | None, password: str) -> list[Sheet]:
    sheets = []
    for size, viewport in SIZES.items():
        context = browser.new_context(
            base_url=url, viewport=viewport, locale="id-ID", reduced_motion="reduce"
        )
        page = context.new_page()
        if login is not None:
            sign_in(page, login, password)
        sheet = Sheet(role, size)
        walk(page, sheet, "/" if login is None else "/hari-ini")
        sheets.append(sheet)
        context.close()
    return sheets


def main(url: str, logins_file: str, folder: str) -> int:
    said = json.loads(Path(logins_file).read_text(encoding="utf-8"))
    logins = {"warga": None, **said["logins"]}
    out, faults, lines = Path(folder), [], ["# Every page", "", "Made from the running demo.", ""]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        for role, login in logins.items():
            for sheet in photograph(browser, url, role, login, said.get("password", "")):
                name = f"pages-{role}-{sheet.size}.webp"
                compose(sheet).save(out / name, "WEBP", quality=62)
                lines += [f"## {role}, {sheet.size} px", "", f"![{role} at {sheet.size} px]({name})", ""]
                faults += sheet.faults
                print(f"{name}: {len(sheet.shots)} pages", flush=True)
        browser.close()
    (out / "pages.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
