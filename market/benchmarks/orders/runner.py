"""Orders and journals by turns: the product's services and the raw programs, on equal databases.

A product's order is one transaction of its own services (place it, ask for the payment, choose QRIS), a raw
one writes the same rows statement by statement. Each has a database of its own, made alike. Clients are
processes with one connection each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from market.benchmarks.orders import clerks, counted, journals, product, raw, shelf
from market.benchmarks.orders.clerks import Entrant, Opening, Pace, Piece
from market.benchmarks.orders.shelf import Good, Shelf
from market.benchmarks.web import postgres, promises
from market.benchmarks.web.bars import Row

Goods = Callable[[int], tuple[Good, ...]]
FEW, MANY, POSTING = 4, 16, 8
"""Clients of spread orders, of the hot product and of SQLite, of journals."""
BOOKS = 10
LAST_PIECES = 60
"""Pieces of the hot product over which all clients fight in the end."""
OURS, THEIRS = "lumbung_bench_orders", "lumbung_bench_orders_raw"


@dataclass(frozen=True)
class Effort:
    """How many rounds, and how long each is."""

    rounds: int = 3
    seconds: float = 4.0


QUICK = Effort(1, 1.0)


@dataclass(frozen=True)
class Pair:
    """The same market twice: one for the product, one for the raw program."""

    ours: Shelf
    theirs: Shelf


def measured(
    folder: Path, effort: Effort, size: shelf.Size, given: str = ""
) -> tuple[list[Row], dict[str, Pace]]:
    """All rows of orders and journals, and what everybody did."""
    if given:
        rows, found = _on_postgresql(given, folder, effort, size)
    else:
        with postgres.server() as url:
            rows, found = _on_postgresql(url, folder, effort, size)
    lite_rows, lite = _on_sqlite(folder, effort, size)
    return [*rows, *lite_rows], found | lite


def _on_postgresql(
    server: str, folder: Path, effort: Effort, size: shelf.Size
) -> tuple[list[Row], dict[str, Pace]]:
    try:
        ours = shelf.made(postgres.database(server, OURS), folder, size)
        with postgres.connect(ours.url) as connection:
            connection.execute("VACUUM ANALYZE")
        settings = {**ours.settings, "LUMBUNG_DATABASE_URL": postgres.database(server, THEIRS, template=OURS)}
        pair = Pair(ours, replace(ours, settings=settings))
        spread_rows, spread = spread_orders(pair, effort)
        hot_rows, hot = hot_orders(pair, effort)
        book_rows, books = chained(ours, effort)
        return [*spread_rows, *hot_rows, *book_rows], spread | hot | books
    finally:
        with postgres.connect(server) as admin:
            for name in (OURS, THEIRS):
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_sqlite(folder: Path, effort: Effort, size: shelf.Size) -> tuple[list[Row], dict[str, Pace]]:
    ours = shelf.made(f"sqlite:///{folder / 'orders.sqlite'}", folder, size)
    copy = folder / "orders_raw.sqlite"
    copy.write_bytes((folder / "orders.sqlite").read_bytes())
    theirs = replace(ours, settings={**ours.settings, "LUMBUNG_DATABASE_URL": f"sqlite:///{copy}"})
    return lite_orders(Pair(ours, theirs), effort)


# --- who takes part -------------------------------------------------------------------------------


def by_product(market: Shelf, goods: Goods) -> Opening:
    """A client of the product's services."""

    def opening() -> Piece:
        shelf.settle(market.settings)
        return lambda number: product.order(goods(number), number)

    return opening


def by_raw(market: Shelf, goods: Goods) -> Opening:
    """A client of the raw program."""

    def opening() -> Piece:
        program = raw.opened(market.url)
        return lambda number: program.order(goods(number), number)

    return opening


def _journals(market: Shelf, books: int) -> Opening:
    def opening() -> Piece:
        shelf.settle(market.settings)
        return lambda number: journals.post(market.goods[number % books], number)

    return opening


def _race(
    pair: Pair, goods: Sequence[Goods], name: str, clients: int, effort: Effort, first: int
) -> dict[str, Pace]:
    ours = Entrant(f"{name}, product", by_product(pair.ours, goods[0]), clients)
    theirs = Entrant(f"{name}, raw", by_raw(pair.theirs, goods[1]), clients)
    return clerks.race([ours, theirs], effort.rounds, effort.seconds, first)


def _share(found: dict[str, Pace], name: str) -> float:
    return 100 * found[f"{name}, product"].rate / found[f"{name}, raw"].rate


def spread_orders(pair: Pair, effort: Effort) -> tuple[list[Row], dict[str, Pace]]:
    """Four clients, all shops in turn."""
    found = _race(pair, (pair.ours.spread, pair.theirs.spread), "orders", FEW, effort, 0)
    return [Row(promises.ORDERS, _share(found, "orders"))], found


def hot_orders(pair: Pair, effort: Effort) -> tuple[list[Row], dict[str, Pace]]:
    """Sixteen clients want the same product; in the end its last pieces, and not one more is promised."""
    found = _race(pair, (pair.ours.hot, pair.theirs.hot), "hot product", MANY, effort, 1_000)
    good = pair.ours.goods[0][0]
    counted.leave(pair.ours, good, LAST_PIECES)
    selling = _all_tried(by_product(pair.ours, pair.ours.hot))
    clerks.shift(selling, MANY, 1.0, 3_000)
    left = counted.free(pair.ours, good)
    wrong = counted.wrong_pieces(pair.ours) + counted.wrong_pieces(pair.theirs) + max(0, -left)
    note = f"of the last {LAST_PIECES} pieces {left} are left"
    return [Row(promises.HOT, _share(found, "hot product")), Row(promises.OVERSOLD, wrong, note)], found


def _all_tried(opening: Opening) -> Opening:
    return lambda: counted.unless_sold_out(opening())


def lite_orders(pair: Pair, effort: Effort) -> tuple[list[Row], dict[str, Pace]]:
    """SQLite with all its care for the disk, sixteen clients."""
    found = _race(pair, (pair.ours.spread, pair.theirs.spread), "SQLite", MANY, effort, 0)
    wrong = counted.wrong_pieces(pair.ours) + counted.wrong_pieces(pair.theirs)
    return [
        Row(promises.LITE, _share(found, "SQLite")),
        Row(promises.LITE_P99, found["SQLite, product"].p99_ms),
        Row(promises.LITE_OVERSOLD, wrong),
    ], found


def chained(market: Shelf, effort: Effort) -> tuple[list[Row], dict[str, Pace]]:
    """Entries into one organization's chain, and into ten."""
    entrants = [
        Entrant("journals of one organization", _journals(market, 1), POSTING),
        Entrant("journals of ten organizations", _journals(market, BOOKS), POSTING),
    ]
    found = clerks.race(entrants, effort.rounds, effort.seconds, 4_000)
    links = counted.broken_links(market, [goods[0].shop_id for goods in market.goods[:BOOKS]])
    bars = (promises.JOURNALS_ONE, promises.JOURNALS_TEN)
    rows = [Row(bar, found[each.name].rate) for bar, each in zip(bars, entrants, strict=True)]
    return [*rows, Row(promises.LINKS, links)], found
