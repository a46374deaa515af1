"""The promises of the web part, as numbers: the one place where a bar stands."""

from __future__ import annotations

from market.benchmarks.web.bars import Bar

COLD = Bar("list, no kept fragment, of the raw page", "%", least=60)
WARM = Bar("list, warm, of the raw page", "%", least=150)
P99_MS, P99_OF_P50 = 50.0, 5.0
AROUND = 2
"""Statements besides those of the page: one sets the transaction up, one reads session and basket."""
STATEMENTS = {"list": 2, "detail": 3, "search": 3, "basket": 3, "home": 6, "board": 6}
TENFOLD = 1.3
TEXT = Bar("first visit: HTML, CSS, JS, compressed", "kB", most=30)
ALL = Bar("first visit: with font and first-screen pictures", "kB", most=60)
FILES = Bar("first visit: files", "", most=12)
REPEAT = Bar("repeat visit", "kB", most=5)
UNCHANGED = Bar("304, of the rate of the list made anew", "x", least=3)
START = Bar("start of the web process to its first answer", "s", most=1.5)
PEER = {
    "list": Bar("list against django-oscar", "x", least=100),
    "detail": Bar("detail against django-oscar", "x", least=15),
    "search": Bar("search against django-oscar", "x", least=15),
    "checkout": Bar("guest checkout against django-oscar", "x", least=20),
}
ORDERS = Bar("orders, 4 clients, of the raw program", "%", least=70)
HOT = Bar("orders of one hot product, 16 clients, of the raw program", "%", least=150)
OVERSOLD = Bar("pieces promised twice, PostgreSQL", "", most=0)
LITE = Bar("orders on SQLite, 16 clients, of raw sqlite3", "%", least=40)
LITE_P99 = Bar("orders on SQLite, 16 clients, p99", "ms", most=50)
LITE_OVERSOLD = Bar("pieces promised twice, SQLite", "", most=0)
JOURNALS_ONE = Bar("chained journals a second, one organization", "/s", least=500)
JOURNALS_TEN = Bar("chained journals a second, ten organizations", "/s", least=700)
LINKS = Bar("links of those chains that do not hold", "", most=0)


def p99(page: str) -> tuple[Bar, Bar]:
    """Both limits of a page's slowest answers."""
    return Bar(f"p99 of {page}", "ms", most=P99_MS), Bar(f"p99 / p50 of {page}", "x", most=P99_OF_P50)


def statements(page: str, kind: str) -> Bar:
    """All statements of a page, those around it included."""
    return Bar(f"SQL statements of {page}, {AROUND} around it included", "", most=STATEMENTS[kind] + AROUND)


def tenfold(page: str) -> Bar:
    """The page with ten times the data."""
    return Bar(f"time of {page} with 10x the products", "x", most=TENFOLD)
