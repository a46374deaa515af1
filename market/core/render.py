"""Documents on paper: a clean A4 as PDF, for orders, receipts, invoices and letters.

The same input gives the same bytes, so that a document can be compared and hashed. Texts are shown
as they are: markup in them is not obeyed.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from market.core import qr
from market.core.i18n import _

INK = colors.HexColor("#1E2420")
GREEN = colors.HexColor("#1E6B3C")
GREY = colors.HexColor("#6B6A63")
LINE = colors.HexColor("#8C887D")  # still there after a copying machine
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
FRAME_PADDING = 6  # points, which the library adds inside its frame
QR_SIDE = 24 * mm
SHORT = 15  # rows of a section that is not torn apart

_BODY = ParagraphStyle(
    "body", fontName="Helvetica", fontSize=9, leading=12, textColor=INK, splitLongWords=True
)
_RIGHT = ParagraphStyle("right", parent=_BODY, alignment=TA_RIGHT)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8, leading=10.5, textColor=GREY)
_BOLD = ParagraphStyle("bold", parent=_BODY, fontName="Helvetica-Bold")
_BOLD_RIGHT = ParagraphStyle("bold_right", parent=_BOLD, alignment=TA_RIGHT)
_NAME = ParagraphStyle("name", parent=_BOLD, fontSize=12, leading=15, textColor=GREEN)
_TITLE = ParagraphStyle("title", parent=_BOLD_RIGHT, fontSize=16, leading=20)
_NUMBER = ParagraphStyle("number", parent=_RIGHT, fontSize=11, leading=14, textColor=INK)
_HEADING = ParagraphStyle("heading", parent=_BOLD, fontSize=11, leading=14)


@dataclass(frozen=True)
class Party:
    """One side of a document: role ("Penjual"), name, further lines (address, phone)."""

    role: str
    name: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class PdfColumn:
    """A column of the table: its head, share of the width, and where its cells stand."""

    label: str
    weight: float = 1.0
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class Letterhead:
    """Who issues the document."""

    name: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Signature:
    """Where somebody signs: the role, the name below the line, and what a finger drew on a screen."""

    role: str
    name: str = ""
    image: bytes | None = None


@dataclass(frozen=True)
class Section:
    """A part of a document with a heading of its own: a stop of a truck, a need of a round.

    `link` is drawn as a QR code beside it, `caption` says what it opens; `blanks` are to be filled in
    by pen. `strong` are the numbers of the rows in bold, sums and headings; `new_page` begins a page.
    """

    title: str
    lines: Sequence[str] = ()
    columns: Sequence[PdfColumn] = ()
    rows: Sequence[Sequence[str]] = ()
    link: str = ""
    caption: str = ""
    blanks: Sequence[str] = ()
    strong: frozenset[int] = frozenset()
    new_page: bool = False


def document(
    title: str,
    number: str,
    *,
    letterhead: Letterhead,
    parties: Sequence[Party] = (),
    meta: Sequence[tuple[str, str]] = (),
    columns: Sequence[PdfColumn] = (),
    rows: Sequence[Sequence[str]] = (),
    totals: Sequence[tuple[str, str]] = (),
    sections: Sequence[Section] = (),
    notes: Sequence[str] = (),
    signatures: Sequence[str | Signature] = (),
    link: str = "",
) -> bytes:
    """The PDF. `meta` are facts such as date and terms; the last of `totals` is the one that counts.

    `link` is the full address of the document's own page: a QR code leads back to it. All texts come
    finished (formatted, translated). Raises ValueError for a row that does not fit the columns.
    """
    tables = [(columns, rows), *((part.columns, part.rows) for part in sections)]
    if any(len(row) != len(heads) for heads, body in tables for row in body):
        raise ValueError("a row does not fit the columns")
    story: list[Flowable] = [*_head(letterhead, title, number), *_parties(parties), *_meta(meta, link)]
    if columns:
        story += [_table(columns, rows), Spacer(0, 3 * mm)]
    story += [piece for part in sections for piece in _section(part)]
    story += _totals(totals)
    story += [part for note in notes for part in (Spacer(0, 2 * mm), _text(note, _BODY))]
    story += _signatures(signatures)
    return _build(story, f"{title} {number}".strip(), letterhead.name)


def _build(story: list[Flowable], title: str, author: str) -> bytes:
    buffer = io.BytesIO()
    paper = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN - FRAME_PADDING,
        rightMargin=MARGIN - FRAME_PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm,
        title=printable(title),
        author=printable(author),
        creator="Lumbung",
        invariant=1,
    )
    paper.build(story, canvasmaker=_numbered(printable(title)))
    return buffer.getvalue()


def _numbered(title: str) -> type[Canvas]:
    """A canvas that knows the number of pages: they are kept back until the last one is drawn."""

    class NumberedCanvas(Canvas):
        _kept: list[dict[str, object]]

        def showPage(self) -> None:
            self.__dict__.setdefault("_kept", []).append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            kept = self.__dict__.pop("_kept", [])
            for number, state in enumerate(kept, 1):
                self.__dict__.update(state)
                self._foot(number, len(kept))
                super().showPage()
            super().save()

        def _foot(self, number: int, count: int) -> None:
            self.setFont("Helvetica", 8)
            self.setFillColor(GREY)
            self.drawString(MARGIN, 12 * mm, title[:90])
            page = _("Halaman %(number)s dari %(count)s", number=number, count=count)
            self.drawRightString(A4[0] - MARGIN, 12 * mm, printable(page))

    return NumberedCanvas


def printable(text: str) -> str:
    """`text` in the letters of the built-in fonts (cp1252); others lose their accent or become "?"."""
    return "".join(map(_letter, unicodedata.normalize("NFC", str(text))))


def _letter(char: str) -> str:
    if char in "\n\t":
        return " "
    if unicodedata.category(char) in ("Cc", "Cf", "Mn"):
        return ""
    for candidate in (char, unicodedata.normalize("NFKD", char)[:1]):
        if candidate.encode("cp1252", "ignore"):
            return candidate
    return "?"


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    shown = "<br/>".join(escape(printable(line)) for line in str(text).split("\n"))
    return Paragraph(shown, style)


def _head(letterhead: Letterhead, title: str, number: str) -> list[Flowable]:
    left = [_text(letterhead.name, _NAME), *(_text(line, _SMALL) for line in letterhead.lines)]
    right = [_text(title, _TITLE), _text(number, _NUMBER)]
    rule = [
        ("LINEBELOW", (0, 0), (-1, -1), 1.2, GREEN),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
    return [_grid([[left, right]], [0.55, 0.45], rule), Spacer(0, 5 * mm)]


def _grid(
    cells: list[list[object]],
    shares: Sequence[float],
    style: Sequence[tuple[Any, ...]],
    room: float = WIDTH,
) -> Table:
    whole = sum(shares)
    rules: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0), *style]
    table = Table(cells, colWidths=[room * share / whole for share in shares], splitInRow=1)
    table.setStyle(TableStyle(rules))
    return table


def _parties(parties: Sequence[Party]) -> list[Flowable]:
    if not parties:
        return []
    cells: list[object] = [
        [_text(party.role, _SMALL), _text(party.name, _BOLD), *(_text(line, _BODY) for line in party.lines)]
        for party in parties
    ]
    return [_grid([cells], [1.0] * len(cells), []), Spacer(0, 4 * mm)]


def _meta(meta: Sequence[tuple[str, str]], link: str) -> list[Flowable]:
    """The facts; beside them the code that opens the document's page."""
    if not meta and not link:
        return []
    cells: list[list[object]] = [[_text(name, _SMALL), _text(value, _BODY)] for name, value in meta]
    tight = [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
    if not link:
        return [_grid(cells, [0.25, 0.75], tight), Spacer(0, 4 * mm)]
    room = WIDTH - QR_SIDE - 4 * mm
    facts = [_grid(cells, [0.3, 0.7], tight, room)] if cells else []
    code = [_QrCode(link), _text(_("Buka dokumen ini"), _SMALL)]
    beside = Table([[facts, code]], colWidths=[room, WIDTH - room])
    beside.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]))
    return [beside, Spacer(0, 4 * mm)]


class _QrCode(Flowable):
    """The code of an address, black on white, and a link for whoever reads on a screen."""

    def __init__(self, link: str, side: float = QR_SIDE) -> None:
        super().__init__()
        self.width = self.height = side
        self._link, self._squares = link, qr.squares(link)

    def draw(self) -> None:
        step = self.width / len(self._squares)
        bleed = step / 20  # neighbours overlap a little, so that no printer leaves a seam
        self.canv.setFillColor(colors.black)
        for row, squares in enumerate(self._squares):
            start, below = 0, self.height - (row + 1) * step
            for dark, run in groupby(squares):
                count = len(list(run))
                if dark:
                    self.canv.rect(start * step, below, count * step + bleed, step + bleed, stroke=0, fill=1)
                start += count
        self.canv.linkURL(self._link, (0, 0, self.width, self.height), relative=1)


def _section(part: Section) -> list[Flowable]:
    room = WIDTH - (QR_SIDE + 4 * mm if part.link else 0)
    body: list[Flowable] = [_text(part.title, _HEADING), *(_text(line, _BODY) for line in part.lines)]
    if part.columns:
        wide = room - 12 if part.link else room
        body += [Spacer(0, 1.5 * mm), _table(part.columns, part.rows, wide, part.strong)]
    for blank in part.blanks:
        body += [Spacer(0, 6 * mm), _text(blank, _BODY)]
    if not part.link:
        begin: Flowable = PageBreak() if part.new_page else Spacer(0, 4 * mm)
        short = len(part.rows) <= SHORT and not part.new_page
        kept = [KeepTogether(body)] if short else body  # a heading never stands alone below a page
        return [begin, *kept, Spacer(0, 3 * mm)]
    code = [_QrCode(part.link), _text(part.caption, _SMALL)]
    beside = Table([[body, code]], colWidths=[room, WIDTH - room])
    rules: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
    ]
    beside.setStyle(TableStyle(rules))
    return [Spacer(0, 4 * mm), KeepTogether([beside])]


def _table(
    columns: Sequence[PdfColumn],
    rows: Sequence[Sequence[str]],
    room: float = WIDTH,
    strong: frozenset[int] = frozenset(),
) -> Table:
    body = [_RIGHT if column.align == "right" else _BODY for column in columns]
    head = [_BOLD_RIGHT if column.align == "right" else _BOLD for column in columns]
    cells: list[list[object]] = [[_text(c.label, style) for c, style in zip(columns, head, strict=True)]]
    for number, row in enumerate(rows):
        styles = head if number in strong else body
        cells.append([_text(cell, style) for cell, style in zip(row, styles, strict=True)])
    table = Table(
        cells,
        colWidths=[room * column.weight / sum(each.weight for each in columns) for column in columns],
        repeatRows=1,
        splitInRow=1,
    )
    rules: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    meet = [
        n for n in range(1, len(columns)) if (columns[n - 1].align, columns[n].align) == ("right", "left")
    ]
    rules += [("LEFTPADDING", (n, 0), (n, -1), 12) for n in meet]
    table.setStyle(TableStyle(rules))
    return table


def _totals(totals: Sequence[tuple[str, str]]) -> list[Flowable]:
    if not totals:
        return []
    last = len(totals) - 1
    cells: list[list[object]] = [
        ["", _text(name, _BOLD if i == last else _BODY), _text(value, _BOLD_RIGHT if i == last else _RIGHT)]
        for i, (name, value) in enumerate(totals)
    ]
    rule = [("LINEABOVE", (1, last), (-1, last), 0.8, INK), ("RIGHTPADDING", (0, 0), (-1, -1), 3)]
    return [KeepTogether([_grid(cells, [0.4, 0.35, 0.25], rule)])]


def _signatures(signatures: Sequence[str | Signature]) -> list[Flowable]:
    if not signatures:
        return []
    given = [each if isinstance(each, Signature) else Signature(each) for each in signatures]
    names: list[object] = [
        [_text(each.role, _SMALL), _drawn(each.image), _text(f"({each.name or '.' * 34})", _BODY)]
        for each in given
    ]
    return [Spacer(0, 8 * mm), KeepTogether([_grid([names], [1.0] * len(given), [])])]


def _drawn(image: bytes | None) -> Flowable:
    """What a finger drew, as high as the room for a pen."""
    if image is None:
        return Spacer(0, 18 * mm)
    return Image(io.BytesIO(image), width=50 * mm, height=18 * mm, kind="proportional", hAlign="LEFT")
