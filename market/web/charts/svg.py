"""What every picture is made of: numbers, escaped text, room for labels, the figure with its table.

Pictures are drawn 320 units wide, the width of a small phone, with text of 12 units; the stylesheet
makes the text smaller where the picture is shown wider. Colours are classes, never styles, so that
the page needs no inline code.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from market.core.i18n import _

WIDTH = 320.0
TEXT = 12.0
ELLIPSIS = "…"
MAX_TEXT = 120  # a name longer than this is not read, only measured
NO_LABEL = "–"
NBSP = "\u00a0"  # keeps a number and its unit on one line

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Widths of the semi-bold typeface in em, rounded up; what is unknown counts as a full square.
_WIDTHS = {
    **dict.fromkeys("ijlI'!,.:;()|·", 0.33),
    **dict.fromkeys(' `[]{}rft1J/\\"*-', 0.45),
    **dict.fromkeys("acehknosuvxyzLTsE235679F?^_=<>~+bdgpq4S8P", 0.64),
    **dict.fromkeys("XYZRKBAU0V$×–…éèêëáàíñóöü", 0.72),
    **dict.fromkeys("CDGHN&#", 0.82),
    **dict.fromkeys("MOQmw", 0.92),
}


def clean(text: object) -> str:
    """One line that may stand in a page: no control characters, no halves of characters."""
    return " ".join(re.split(r"[ \t\r\n\f\v]+", _FORBIDDEN.sub("", str(text)).strip()))[:MAX_TEXT]


def text_width(text: str, size: float = TEXT) -> float:
    """Units that `text` needs at most, in the bold cut."""
    return size * sum(_WIDTHS.get(letter, 1.05) for letter in text)


def clip(text: object, room: float, size: float = TEXT) -> str:
    """`text` shortened with an ellipsis until it fits into `room` units."""
    line = clean(text)
    if text_width(line, size) <= room:
        return line
    while line and text_width(line + ELLIPSIS, size) > room:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


def fmt(value: float) -> str:
    """A coordinate with at most one decimal."""
    return (
        f"{value:.1f}".removesuffix(".0").replace("-0", "0")
        if abs(value) < 0.05
        else f"{value:.1f}".removesuffix(".0")
    )


def tag(name: str, *inside: Markup, **attributes: object) -> Markup:
    """One element; attributes lose a trailing underscore, `None` is left out, everything is escaped."""
    written = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(fmt(v) if isinstance(v, float) else v)}"'
        for key, v in attributes.items()
        if v is not None
    ]
    body = Markup("").join(inside)
    return Markup(f"<{name}{''.join(written)}>{body}</{name}>" if inside else f"<{name}{''.join(written)}/>")


def words(text: object) -> Markup:
    """Text between tags."""
    return escape(clean(text))


def text_at(x: float, y: float, text: object, *, anchor: str = "start", class_: str | None = None) -> Markup:
    """A line of text; `anchor` is start, middle or end."""
    return tag(
        "text", words(text), x=x, y=y, text_anchor=None if anchor == "start" else anchor, class_=class_
    )


def rect(x: float, y: float, width: float, height: float, class_: str, radius: float = 0.0) -> Markup:
    """A box; never thinner than nothing."""
    return tag("rect", x=x, y=y, width=max(width, 0.0), height=height, rx=radius or None, class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return tag("path", d=f"M{fmt(x1)} {fmt(y1)}L{fmt(x2)} {fmt(y2)}", class_=class_)


def safe_href(href: str) -> str | None:
    """An address inside this site, or nothing: a link may not leave the site nor run code."""
    inside = href.startswith(("/", "#", "?")) and not href.startswith(("//", "/\\"))
    return clean_address(href) if inside else None


def clean_address(href: str) -> str:
    """The address without characters that browsers drop silently."""
    return _FORBIDDEN.sub("", href).replace("\n", "").replace("\r", "").replace("\t", "")


@dataclass
class Room:
    """Keeps labels from lying on each other: first come, first served."""

    width: float = WIDTH
    gap: float = 4.0
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def take(self, centre: float, top: float, width: float, height: float) -> float | None:
        """The centre at which a box fits inside the picture, or None when its place is taken."""
        if width > self.width:
            return None
        x = min(max(centre, width / 2), self.width - width / 2)
        box = (x - width / 2 - self.gap, top, x + width / 2 + self.gap, top + height)
        if any(a < box[2] and box[0] < c and b < box[3] and box[1] < d for a, b, c, d in self.taken):
            return None
        self.taken.append(box)
        return x


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """The figures behind a picture, for those who would rather read."""
    head = Markup("").join(
        tag("th", words(h), scope="col", class_="num" if i else None) for i, h in enumerate(headers)
    )
    body = Markup("").join(tag("tr", *_cells(row)) for row in rows)
    inner = tag("table", tag("thead", tag("tr", head)), tag("tbody", body), class_="ledger")
    return tag("details", tag("summary", words(_("Lihat angkanya"))), inner)


def _cells(row: Sequence[object]) -> list[Markup]:
    return [
        tag("td", cell if isinstance(cell, Markup) else words(cell), class_="num" if i else None)
        for i, cell in enumerate(row)
    ]


def figure(
    body: Iterable[Markup],
    height: float,
    *,
    title: str,
    says: str,
    behind: Markup,
    kind: str = "",
    after: Markup | None = None,
) -> Markup:
    """A whole picture: caption, drawing with name and description, what follows, the table behind."""
    drawing = Markup("").join(body)
    key = f"c{zlib.crc32(f'{title}{says}{drawing}'.encode(errors='replace')):08x}"
    svg = tag(
        "svg",
        tag("title", words(title), id=f"{key}t"),
        tag("desc", words(says), id=f"{key}d"),
        drawing,
        viewBox=f"0 0 {fmt(WIDTH)} {fmt(height)}",
        # What lies inside an image is hidden from screen readers; links may not be.
        role="group" if "<a " in drawing else "img",
        aria_labelledby=f"{key}t {key}d",
    )
    caption = tag("figcaption", words(says))
    return tag("figure", caption, svg, after or Markup(""), behind, class_=f"chart {kind}".strip())


def nothing(title: str, says: str) -> Markup:
    """The picture of nothing yet: a sentence in its place."""
    return tag(
        "figure", tag("figcaption", words(title)), tag("p", words(says), class_="muted"), class_="chart"
    )
