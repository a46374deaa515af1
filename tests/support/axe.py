"""What hinders people who cannot see, hear or point well: axe's rules on a page in a real browser.

Only what axe calls serious or critical counts; WCAG 2.2 A and AA and axe's best practices are asked.
"""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.browser import runs_scripts

GRAVE = ("serious", "critical")
_axe = Axe()
_judged: set[str] = set()


def hindrances(page: Page) -> list[str]:
    """Rule, element and reason of each serious finding on the page as it is now; empty on a good page."""
    page.wait_for_load_state()
    found = _axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:120]} ({_why(node)})"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def _why(node: dict[str, list[dict[str, str]]]) -> str:
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])


def new_hindrances(page: Page, *, tag: str = "") -> list[str]:
    """As `hindrances`, once per kind of address and heading in a run: the same page again says the same.

    Nothing where scripts are off: axe is one.
    """
    if not runs_scripts(page):
        return []
    heading = page.locator("h1").first.inner_text() if page.locator("h1").count() else ""
    path = re.sub(r"[?#].*$", "", page.url.split("/", 3)[-1])
    kind = re.sub(r"\d+|[A-Za-z0-9_-]{20,}", "N", f"{tag} {path} {heading}")
    if kind in _judged:
        return []
    _judged.add(kind)
    return hindrances(page)
