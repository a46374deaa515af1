"""The template environment: as Flask's, but for what an import of macros costs."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any

from flask.templating import Environment
from markupsafe import Markup


class Templates(Environment):
    """All templates share the globals of the environment as they are; none brings its own.

    Each import compares the names of both sides. Over the library's chain of mappings that took a quarter of
    the time of a page with many macros; over one dictionary it takes next to nothing.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own globals, unless a template is given others."""
        return super().make_globals(d) if d else self.globals


def icons(static: Callable[[str], str]) -> Callable[..., Markup]:
    """What draws an icon of our own: beside words hidden from screen readers, alone under a name.

    No macro: a page has dozens of icons, and each call of a macro costs more than the drawing.
    """

    @cache
    def hidden(name: str) -> Markup:
        drawing = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>')
        return drawing.format(static("icons.svg"), name)

    def icon(name: str, label: str = "") -> Markup:
        named = Markup('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>')
        return named.format(label, static("icons.svg"), name) if label else hidden(name)

    return icon
