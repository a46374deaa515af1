"""Templates without the application around them: what the tests of pages share."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from market.core import i18n, money
from market.web import templating
from tests.house import source

FOLDER = source.ROOT / "templates"


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=i18n.gettext,
        ngettext=i18n.ngettext,
        rp=money.format_rp,
        day=i18n.format_date,
        when=i18n.format_datetime,
        csrf_token=lambda: "the-token",
        idem=lambda: "the-key",
        static=lambda path: f"/static/{path}",
        inside=lambda path: f"data:image/svg+xml,{path}",
        drawn_icon=templating.icons(lambda path: f"/static/{path}"),
        get_flashed_messages=lambda with_categories: [("go", "Tersimpan.")],
        basket_pieces=lambda: 0,
        actor=None,
        nav=[],
        roles=[],
        locale="id",
    )
    return made


class Reader(HTMLParser):
    """Collects tags with their attributes, and text with the tag it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.tags[-1][0] if self.tags else "", data))


def render(text: str, **context: Any) -> str:
    return environment().from_string(text).render(**context)
