"""The statements put together from the sums: pure arithmetic, one function per paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from market.core.i18n import _
from market.statements import chart
from market.statements.queries.sums import Account, Books, Role, Sums, Window, books
from market.statements.types import Equity, EquityRow, Pack, Period, Row, RowKind, Statement, Unplaced

Figure = Callable[[Sums], int]
"""One figure of a period in whole rupiah."""
SECTION_WORDS = {
    "current_assets": lambda: (_("Aset lancar"), _("Jumlah aset lancar")),
    "long_assets": lambda: (_("Aset tidak lancar"), _("Jumlah aset tidak lancar")),
    "current_liabilities": lambda: (_("Liabilitas jangka pendek"), _("Jumlah liabilitas jangka pendek")),
    "long_liabilities": lambda: (_("Liabilitas jangka panjang"), _("Jumlah liabilitas jangka panjang")),
    "equity": lambda: (_("Ekuitas"), _("Jumlah ekuitas")),
}


def pack(organization_id: int, period: Period, other: Period | None = None) -> Pack:
    """All five papers of a period (the notes apart), beside those of another; four questions in all."""
    found = books(organization_id, period, other)
    return Pack(
        period=period,
        other=other,
        position=position(found),
        result=result(found),
        cash=cash_flow(found),
        equity=equity(found),
        unplaced=unplaced(found),
        member_shares="liability" if _holds(found, "share_liabilities") else "equity",
    )


def unplaced(found: Books) -> list[Unplaced]:
    """Accounts that stand on no line although something was written on them until the last day."""
    return [
        Unplaced(each.code, each.name, found.now.rp(each.code, "end"))
        for each in found.on(chart.UNPLACED)
        if _moved(found, each)
    ]


def _moved(found: Books, account: Account) -> bool:
    return any(
        sums.rp(account.code, window)
        for sums in (found.now, found.then)
        if sums
        for window in ("end", "days", "credits")
    )


def _holds(found: Books, line: str) -> bool:
    return any(found.now.rp(each.code, "end") for each in found.on(line))


# --- figures ---------------------------------------------------------------------------------------


def balance_of(accounts: Sequence[Account]) -> Figure:
    """What the accounts hold at the end, positive on the side where their group is shown."""
    return lambda sums: sum(
        (1 if each.group == "assets" else -1) * sums.rp(each.code, "end") for each in accounts
    )


def earned_of(accounts: Sequence[Account]) -> Figure:
    """What the accounts added to the surplus of the days (a cost takes from it).

    Entries that touch the surplus of earlier years are left out: closing a year does not undo it.
    """
    return lambda sums: -sum(sums.rp(each.code, "days", "opening", "plain") for each in accounts)


def surplus_of_year(found: Books) -> Figure:
    """The surplus of the book year up to the last day, closed or not."""
    accounts = found.of("result")
    return lambda sums: -sum(sums.rp(each.code, "year", "opening", "plain") for each in accounts)


def undivided(found: Books) -> Figure:
    """Surplus that nobody has shared out yet, this year's included: all of the result and what was kept."""
    accounts = [*found.of("result"), *found.on("retained")]
    return lambda sums: -sum(sums.rp(each.code, "end") for each in accounts)


class _Paper:
    """Rows of a statement as they are written down; remembers nothing else."""

    def __init__(self, found: Books) -> None:
        self.found, self.rows = found, list[Row]()

    def head(self, label: str) -> None:
        self.rows.append(Row("head", label))

    def put(self, kind: RowKind, label: str, key: str, figure: Figure) -> None:
        then = None if self.found.then is None else figure(self.found.then)
        self.rows.append(Row(kind, label, key, figure(self.found.now), then))

    def line(self, label: str, key: str, figure: Figure) -> None:
        """A line that is left out where it says nothing at all."""
        if figure(self.found.now) or (self.found.then is not None and figure(self.found.then)):
            self.put("line", label, key, figure)


def _added(*figures: Figure) -> Figure:
    return lambda sums: sum(figure(sums) for figure in figures)


# --- financial position ----------------------------------------------------------------------------


def position(found: Books) -> Statement:
    """Laporan posisi keuangan at the end of the last day."""
    paper = _Paper(found)
    assets = [_section(paper, name) for name in ("current_assets", "long_assets")]
    assets.append(_unplaced_line(paper, "assets"))
    paper.put("total", _("Jumlah aset"), "assets", _added(*assets))
    debts = [_section(paper, name) for name in ("current_liabilities", "long_liabilities")]
    debts.append(_unplaced_line(paper, "claims"))
    paper.put("sum", _("Jumlah liabilitas"), "liabilities", _added(*debts))
    equity_figure = _equity_section(paper)
    paper.put("total", _("Jumlah liabilitas dan ekuitas"), "claims", _added(*debts, equity_figure))
    return Statement("posisi", _("Laporan posisi keuangan"), paper.rows)


def _section(paper: _Paper, section: str) -> Figure:
    lines = [line for line in chart.POSITION if line.section == section]
    accounts = paper.found.on(*(line.key for line in lines))
    head, foot = SECTION_WORDS[section]()
    paper.head(head)
    for line in lines:
        paper.line(str(line.label), line.key, balance_of(paper.found.on(line.key)))
    figure = balance_of(accounts)
    paper.put("sum", foot, section, figure)
    return figure


def _unplaced_line(paper: _Paper, group: str) -> Figure:
    accounts = [each for each in paper.found.on(chart.UNPLACED) if each.group == group]
    figure = balance_of(accounts)
    if any(_moved(paper.found, each) for each in accounts):
        paper.put("fault", _("Akun yang belum punya baris"), f"unplaced_{group}", figure)
    return figure


def _equity_section(paper: _Paper) -> Figure:
    found = paper.found
    head, foot = SECTION_WORDS["equity"]()
    paper.head(head)
    keys = [line for line in chart.POSITION if line.section == "equity" and line.key != "retained"]
    for line in keys:
        paper.line(str(line.label), line.key, balance_of(found.on(line.key)))
    this_year, whole = surplus_of_year(found), undivided(found)
    retained = chart.PLACE_LINES["retained"]
    paper.line(str(retained.label), "retained", lambda sums: whole(sums) - this_year(sums))
    paper.put("line", _("SHU tahun berjalan"), "surplus_of_year", this_year)
    figure = _added(balance_of(found.on(*(line.key for line in keys))), whole)
    paper.put("sum", foot, "equity", figure)
    return figure


# --- result ----------------------------------------------------------------------------------------


def result(found: Books) -> Statement:
    """Perhitungan hasil usaha (PHU): members first, then others, expenses, surplus before and after tax."""
    paper = _Paper(found)
    paper.head(_("Usaha dengan anggota"))
    members = _margin(paper, "member_sales", "member_cost")
    paper.put("sum", _("Partisipasi neto anggota"), "member_margin", members)
    paper.head(_("Usaha dengan non-anggota"))
    others = _margin(paper, "other_sales", "other_cost")
    paper.put("sum", _("Hasil bruto dari non-anggota"), "other_margin", others)
    gross = _added(members, others, *_earned(paper, "further"))
    paper.put("sum", _("SHU bruto"), "gross", gross)
    paper.head(_("Beban usaha"))
    expenses = _earned(paper, "operating")
    paper.put("sum", _("Jumlah beban usaha"), "operating_expenses", _added(*expenses))
    operating = _added(gross, *expenses)
    paper.put("sum", _("SHU sebelum beban perkoperasian"), "operating", operating)
    before_tax = _added(operating, *_earned(paper, "cooperative"), *_earned(paper, "outside"))
    unplaced_result = _unplaced_earned(paper)
    before_tax = _added(before_tax, unplaced_result)
    paper.put("sum", _("SHU sebelum pajak"), "before_tax", before_tax)
    after = _added(before_tax, *_earned(paper, "tax"))
    paper.put("total", _("SHU setelah pajak"), "surplus", after)
    return Statement("hasil", _("Perhitungan hasil usaha"), paper.rows)


def _margin(paper: _Paper, sales: str, cost: str) -> Figure:
    figures = [earned_of(paper.found.on(key)) for key in (sales, cost)]
    for key, figure in zip((sales, cost), figures, strict=True):
        paper.put("line", str(chart.PLACE_LINES[key].label), key, figure)
    return _added(*figures)


def _earned(paper: _Paper, section: str) -> list[Figure]:
    lines = [line for line in chart.RESULT if line.section == section]
    figures = [earned_of(paper.found.on(line.key)) for line in lines]
    for line, figure in zip(lines, figures, strict=True):
        paper.line(str(line.label), line.key, figure)
    return figures


def _unplaced_earned(paper: _Paper) -> Figure:
    accounts = [each for each in paper.found.on(chart.UNPLACED) if each.group == "result"]
    figure = earned_of(accounts)
    if any(_moved(paper.found, each) for each in accounts):
        paper.put("fault", _("Akun yang belum punya baris"), "unplaced_result", figure)
    return figure


# --- cash flow -------------------------------------------------------------------------------------


def moved_cash(accounts: Iterable[Account]) -> Figure:
    """Cash that came (positive) or went against these accounts."""
    codes = [each.code for each in accounts if each.line != "cash"]
    return lambda sums: -sum(sums.cash.get(code, 0) for code in codes)


def cash_flow(found: Books) -> Statement:
    """Laporan arus kas, direct: what the entries that moved cash had on their other side."""
    paper = _Paper(found)
    words = {
        "operating": (_("Aktivitas operasi"), _("Kas bersih dari aktivitas operasi")),
        "investing": (_("Aktivitas investasi"), _("Kas bersih dari aktivitas investasi")),
        "financing": (_("Aktivitas pendanaan"), _("Kas bersih dari aktivitas pendanaan")),
    }
    parts = []
    for activity, (head, foot) in words.items():
        paper.head(head)
        lines = [line for line in chart.CASH if line.activity == activity]
        figures = [moved_cash(_cash_on(found, line.key)) for line in lines]
        for line, figure in zip(lines, figures, strict=True):
            paper.line(str(line.label), line.key, figure)
        parts.append(_added(*figures))
        paper.put("sum", foot, f"cash_{activity}", parts[-1])
    parts.append(_unplaced_cash(paper))
    paper.put("sum", _("Kenaikan (penurunan) kas"), "cash_change", _added(*parts))
    accounts = found.on("cash")
    held = balance_of(accounts)
    paper.put(
        "line", _("Kas pada awal periode"), "cash_begin", lambda sums: held(sums) - _in_days(sums, accounts)
    )
    paper.line(_("Saldo awal pembukuan"), "cash_opening", lambda sums: _opened(sums, accounts))
    paper.put("total", _("Kas pada akhir periode"), "cash_end", held)
    return Statement("arus-kas", _("Laporan arus kas"), paper.rows)


def _in_days(sums: Sums, accounts: Sequence[Account]) -> int:
    return sum(sums.rp(each.code, "days") for each in accounts)


def _opened(sums: Sums, accounts: Sequence[Account]) -> int:
    """Cash that was there when the books were opened: nobody paid it in these days."""
    return sum(sums.rp(each.code, "days", "opening") for each in accounts)


def _cash_on(found: Books, line: str) -> list[Account]:
    return [each for each in found.accounts if each.cash_line == line]


def _unplaced_cash(paper: _Paper) -> Figure:
    figure = moved_cash(_cash_on(paper.found, chart.UNPLACED))
    if any(
        sums.cash.get(each.code)
        for sums in (paper.found.now, paper.found.then)
        if sums
        for each in _cash_on(paper.found, chart.UNPLACED)
    ):
        paper.put("fault", _("Akun yang belum punya baris"), "unplaced_cash", figure)
    return figure


# --- changes in equity -----------------------------------------------------------------------------

SAVINGS = ("principal", "mandatory")
"""Columns in which people speak of paying in and taking out."""


def equity(found: Books) -> Equity:
    """Laporan perubahan ekuitas: a column per kind of equity, rows from opening to closing."""
    lines = [line for line in chart.POSITION if line.section == "equity" and line.key != "retained"]
    always = (
        {"grants", "reserves"} if _holds(found, "share_liabilities") else {*SAVINGS, "grants", "reserves"}
    )
    shown = [
        line
        for line in lines
        if line.key in always or any(_moved(found, each) for each in found.on(line.key))
    ]
    columns = [_Column(found, line.key) for line in shown]
    heads = [*((line.key, str(line.label)) for line in shown), ("undivided", _("SHU"))]
    rows = [
        EquityRow(key, label, [*(c.cell(key) for c in columns), _shu(found, key)], strong)
        for key, label, strong in _equity_rows()
    ]
    always_shown = ("opening", "surplus", "closing")
    return Equity(
        _("Laporan perubahan ekuitas"), heads, [r for r in rows if r.key in always_shown or any(r.cells)]
    )


def _equity_rows() -> list[tuple[str, str, bool]]:
    return [
        ("opening", _("Saldo awal"), True),
        ("begun", _("Saldo awal pembukuan"), False),
        ("surplus", _("SHU periode ini"), False),
        ("paid_in", _("Simpanan disetor"), False),
        ("paid_out", _("Simpanan dikembalikan"), False),
        ("shared", _("Pembagian SHU"), False),
        ("others", _("Perubahan lain"), False),
        ("closing", _("Saldo akhir"), True),
    ]


class _Column:
    """One kind of equity: what its accounts did, credit positive."""

    def __init__(self, found: Books, key: str) -> None:
        self.sums, self.accounts, self.savings = found.now, found.on(key), key in SAVINGS

    def _rp(self, window: Window, *roles: Role) -> int:
        return -sum(self.sums.rp(each.code, window, *roles) for each in self.accounts)

    def cell(self, row: str) -> int:
        plain, credits = self._rp("days", "plain"), self._rp("credits", "plain")
        cells = {
            "opening": self._rp("end") - self._rp("days"),
            "begun": self._rp("days", "opening"),
            "surplus": 0,
            "paid_in": credits if self.savings else 0,
            "paid_out": plain - credits if self.savings else 0,
            "shared": self._rp("days", "mover"),
            "others": 0 if self.savings else plain,
            "closing": self._rp("end"),
        }
        return cells[row]


def _shu(found: Books, row: str) -> int:
    """The column of the surplus: this period's, and what happened to that of earlier ones."""
    sums, of_result, kept = found.now, found.of("result"), found.on("retained")

    def rp(accounts: Sequence[Account], window: Window, *roles: Role) -> int:
        return -sum(sums.rp(each.code, window, *roles) for each in accounts)

    everything = [*of_result, *kept]
    cells = {
        "opening": rp(everything, "end") - rp(everything, "days"),
        "begun": rp(kept, "days", "opening"),
        "surplus": rp(of_result, "days", "opening", "plain"),
        "shared": rp(everything, "days", "mover"),
        "closing": rp(everything, "end"),
    }
    return cells.get(row, 0)


# --- trial balance ---------------------------------------------------------------------------------

TRIAL_COLUMNS = ("before_rp", "debit_rp", "credit_rp", "after_rp")


@dataclass(frozen=True)
class TrialLine:
    """An account over some days: before, both sides, after; debit positive."""

    code: str
    name: str
    before_rp: int
    debit_rp: int
    credit_rp: int
    after_rp: int


def trial(found: Books) -> list[TrialLine]:
    """Every account that held something or moved; each outer column adds up to zero, both sides are equal."""
    rows = []
    for each in found.accounts:
        after, days = found.now.rp(each.code, "end"), found.now.rp(each.code, "days")
        credit = -found.now.rp(each.code, "credits")
        row = TrialLine(each.code, each.name, after - days, days + credit, credit, after)
        if any(getattr(row, name) for name in TRIAL_COLUMNS):
            rows.append(row)
    return rows
