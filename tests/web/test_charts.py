"""Pictures say the truth, at any size of number, and let nothing through that is not text."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from market.web import charts
from market.web.charts import svg
from tests.house import source

EVIL = "\"><script>alert(1)</script>'&\x00\ud800"
LONG = "Koperasi Kelurahan Merah Putih " * 12
HUGE = 10**17
TIERS = [(0, 12_500), (200, 12_100), (500, 11_800), (900, 11_500)]
SQUARE = "0,0 10,0 10,10 0,10"


def cell(code: str, state: str = "alive", **more: str) -> charts.Cell:
    """One of a row of squares."""
    left = 12 * int(code)
    shape = f"{left},0 {left + 10},0 {left + 10},10 {left},10"
    return charts.Cell(
        code, more.get("name", f"Nama {code}"), shape, state, more.get("href", ""), more.get("label", "")
    )


def lamps(count: int, state: str = "alive") -> Markup:
    return charts.peta_nyala([cell(str(i), state) for i in range(count)])


PICTURES: dict[str, Callable[[str, int], Markup]] = {
    "pool": lambda text, n: charts.pool_bar(n, [(0, n), (n // 2, n // 3), (n, n // 4)], text, title=text),
    "savings": lambda text, n: charts.savings_bars(n, n // 2, n + 1, title=text),
    "age": lambda text, n: charts.stock_age([(text, n), (text + "2", n // 2)], text, title=text),
    "price": lambda text, n: charts.price_curve([(0, n), (n, n // 2)], text, title=text),
    "gap": lambda text, n: charts.gap_curve([(0.1, n // 2, None), (2.5, n - 1, n)], title=text),
    "flow": lambda text, n: charts.round_flow([(text, text, n), ("b", text, 1)], unit_label=text, title=text),
    "lamps": lambda text, n: charts.peta_nyala(
        [charts.Cell("1", text, SQUARE, text, text, text)], title=text
    ),
    "spark": lambda text, n: charts.sparkline([n, 0, n // 2], text),
}


def drawn(picture: Markup) -> ET.Element:
    """The picture as a tree: it must be well-formed."""
    return ET.fromstring(f"<div>{str(picture).replace('&nbsp;', ' ')}</div>")


def boxes(picture: Markup, hidden: str) -> list[tuple[float, float, float, float]]:
    """Where each line of text lies at 320 units, as wide as it may be."""
    found = []
    for text in drawn(picture).iter("text"):
        words, size = text.text or "", svg.TEXT
        if hidden in (text.get("class") or "").split():
            continue
        width, x, y = svg.text_width(words, size), float(text.get("x", "0")), float(text.get("y", "0"))
        left = {"middle": x - width / 2, "end": x - width}.get(text.get("text-anchor", ""), x)
        found.append((left, y - size * 0.8, left + width, y + size * 0.1))
    return found


def overlaps(picture: Markup) -> list[tuple[object, object]]:
    pairs = itertools.combinations(boxes(picture, "wide"), 2)
    return [(p, q) for p, q in pairs if p[0] < q[2] and q[0] < p[2] and p[1] < q[3] and q[1] < p[3]]


# Every picture


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("text", [EVIL, LONG, "", "ꦧꦼꦫꦱ 米 🍚"])
@pytest.mark.parametrize("n", [0, 1, HUGE])
def test_a_picture_is_well_formed_whatever_it_is_given(name: str, text: str, n: int) -> None:
    picture = PICTURES[name](text, n)
    drawn(picture)
    assert "<script" not in picture and "\x00" not in picture
    str(picture).encode("utf-8")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_needs_neither_inline_style_nor_code(name: str) -> None:
    for element in drawn(PICTURES[name]("Beras", 500)).iter():
        assert not {"style", "fill", "stroke"} & set(element.keys())
        assert not {key for key in element.attrib if key.startswith("on")}


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "spark"])
def test_a_picture_has_a_name_a_sentence_and_the_figures_behind_it(name: str) -> None:
    tree = drawn(PICTURES[name]("Beras", 500))
    picture = next(tree.iter("svg"))
    named = (picture.get("aria-labelledby") or "").split()
    assert [element.get("id") for element in picture if element.tag in ("title", "desc")] == named
    assert picture.get("role") == "img"
    assert list(tree.iter("figcaption")) and next(tree.iter("details")).findall("table/tbody/tr")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("n", [1, 500, 99_999_999_999])
def test_no_number_falls_out_of_the_picture(name: str, n: int) -> None:
    picture = PICTURES[name]("Beras", n)
    assert "nan" not in picture and "inf" not in picture
    for element in drawn(picture).iter("rect"):
        x, width = float(element.get("x", "0")), float(element.get("width", "0"))
        assert -0.1 <= x <= x + width <= svg.WIDTH + 0.1


def test_every_class_of_a_picture_has_its_rule() -> None:
    sheet = (source.ROOT / "static/base.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.([a-z][a-z0-9_-]*)", sheet))
    states = [charts.Cell(s, s, SQUARE, s) for s in ("alive", "slowing", "dormant", "not_started")]
    pictures = [*(draw("Beras", 500) for draw in PICTURES.values()), charts.peta_nyala(states), flow(40, 40)]
    used = {name for p in pictures for e in drawn(p).iter() for name in (e.get("class") or "").split()}
    assert used <= known


# Labels


@pytest.mark.parametrize("current", [0, 1, 199, 430, 900, 5_000_000])
def test_labels_of_the_pool_do_not_lie_on_each_other(current: int) -> None:
    assert not overlaps(charts.pool_bar(current, TIERS, "kg"))


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**7)), min_size=1, max_size=12),
    st.integers(0, 10**9),
)
@settings(max_examples=60, deadline=None)
def test_labels_never_overlap_nor_leave_the_picture(tiers: list[tuple[int, int]], current: int) -> None:
    for picture in (charts.pool_bar(current, tiers, "kg"), charts.price_curve(tiers, "kg")):
        assert not overlaps(picture)
        assert all(left >= -1 and right <= svg.WIDTH + 1 for left, _t, right, _b in boxes(picture, "wide"))


@pytest.mark.parametrize(("sources", "targets"), [(1, 1), (3, 31), (40, 40)])
def test_names_in_a_flow_do_not_lie_on_each_other(sources: int, targets: int) -> None:
    assert not overlaps(flow(sources, targets))


def test_a_map_shows_a_few_names_on_a_phone_and_none_twice() -> None:
    picture = lamps(153)
    assert not overlaps(picture)
    words = [text.text for text in drawn(picture).iter("text")]
    assert len(words) == len(set(words)) and len(boxes(picture, "wide")) <= 6


def test_a_long_name_is_cut_to_its_room_and_whole_in_the_table() -> None:
    name = "Penggilingan Padi Sumber Rejeki Abadi Kabupaten Lamongan Jawa Timur"
    picture = charts.round_flow([(name, "Gubeng", 5)], unit_label="kg")
    assert any((text.text or "").endswith("…") for text in drawn(picture).iter("text"))
    assert name in [cell.text for cell in drawn(picture).iter("td")]


@given(st.text(max_size=200), st.floats(0, 300))
def test_a_clipped_text_fits(text: str, room: float) -> None:
    clipped = svg.clip(text, room)
    assert clipped == "…" or svg.text_width(clipped) <= room + 1e-6


# The pool


def test_the_pool_says_how_much_is_missing_for_the_next_price() -> None:
    assert "70 kg lagi untuk harga Rp11.800." in charts.pool_bar(430, TIERS, "kg")


def test_the_pool_at_exactly_a_tier_has_its_price() -> None:
    assert "400 kg lagi untuk harga Rp11.500." in charts.pool_bar(500, TIERS, "kg")


def test_the_pool_beyond_the_last_tier_has_the_best_price() -> None:
    assert "Harga terbaik Rp11.500 sudah tercapai." in charts.pool_bar(900, TIERS, "kg")


def test_the_bar_is_as_long_as_the_pool_is_full() -> None:
    bars = [e for e in drawn(charts.pool_bar(486, [(900, 1)], "kg")).iter("rect") if e.get("class") == "bar"]
    assert float(bars[0].get("width", "0")) == pytest.approx(svg.WIDTH / 2)


def test_a_pool_without_tiers_says_so() -> None:
    assert "Belum ada tingkat harga." in charts.pool_bar(5, [], "kg")


# Savings and age


def test_savings_are_told_in_rupiah_and_as_a_share_of_buying_alone() -> None:
    assert "Hemat Rp1.960.000 (7,6\u00a0%)" in charts.savings_bars(25_800_000, 23_840_000)


@pytest.mark.parametrize(("alone", "pooled"), [(0, 0), (100, 100), (100, 120)])
def test_no_saving_is_not_called_one(alone: int, pooled: int) -> None:
    picture = charts.savings_bars(alone, pooled)
    assert "Hemat" not in picture and "Belum lebih murah" in picture


def test_bars_are_in_proportion_to_their_amounts() -> None:
    bars = [e for e in drawn(charts.savings_bars(200, 100)).iter("rect") if e.get("class") != "track"]
    assert [float(e.get("width", "0")) for e in bars] == [svg.WIDTH, svg.WIDTH / 2]


def test_the_oldest_stock_is_named_and_marked() -> None:
    picture = charts.stock_age([("0-30 hari", 1200), ("di atas 90 hari", 25)], "kg")
    assert "25 kg sudah berumur di atas 90 hari." in picture
    assert [e.get("class") for e in drawn(picture).iter("rect") if e.get("class") != "track"] == [
        "bar",
        "bar-3",
    ]


@pytest.mark.parametrize("buckets", [[], [("0-30 hari", 0)]])
def test_no_stock_has_no_age(buckets: list[tuple[str, int]]) -> None:
    assert "Tidak ada stok." in charts.stock_age(buckets, "kg")


@pytest.mark.parametrize("values", [[], [5], [5, 5, 5], [-3, 0, HUGE]])
def test_a_little_line_stays_in_its_cell(values: list[int]) -> None:
    for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)(?=[L\"])", str(charts.sparkline(values, "Penjualan"))):
        assert 0 <= float(x) <= 96 and 0 <= float(y) <= 28


# Steps


def test_the_price_curve_names_its_ends() -> None:
    assert "Dari Rp12.500 turun sampai Rp11.500 mulai 900 kg." in charts.price_curve(TIERS, "kg")


def test_one_price_for_all_amounts_is_said_so() -> None:
    assert "Rp12.500 untuk setiap jumlah." in charts.price_curve([(0, 12_500)], "kg")


def test_the_order_in_which_tiers_come_does_not_matter() -> None:
    assert charts.price_curve(TIERS[::-1], "kg") == charts.price_curve(TIERS, "kg")


def test_the_gap_is_measured_between_the_last_plan_and_the_last_bound() -> None:
    points = [(0.2, 100, None), (1.0, 9_000, 12_000), (8.0, 9_900, 10_000)]
    assert "1,00\u00a0% setelah 8,0 detik" in charts.gap_curve(points)


def test_a_search_without_a_plan_has_no_gap() -> None:
    assert "Belum ada rencana." in charts.gap_curve([(0.1, 5, None)])
    assert "Belum ada rencana." in charts.gap_curve([])


def test_a_long_search_keeps_its_table_short_and_its_end() -> None:
    picture = charts.gap_curve([(i / 10, i, 2000 - i) for i in range(1, 1001)])
    rows = list(drawn(picture).iter("tr"))
    assert len(rows) <= 32 and "100,0" in (rows[-1][0].text or "")


# The flow


def flow(sources: int, targets: int, most: int = 10) -> Markup:
    pairs = itertools.product(range(sources), range(targets))
    return charts.round_flow(
        [(f"Pemasok {s}", f"Kecamatan {t}", 1 + s + t) for s, t in pairs], unit_label="kg", most=most
    )


def test_small_places_are_gathered_and_nothing_is_lost() -> None:
    picture = flow(15, 3)
    texts = [text.text or "" for text in drawn(picture).iter("text")]
    assert "6 lainnya" in texts and sum(1 for text in texts if text.startswith("Pemasok")) == 9
    total = sum(1 + s + t for s in range(15) for t in range(3))
    assert f"{total} kg dari 15 pemasok ke 3 tujuan." in picture
    assert len(list(drawn(picture).iter("tr"))) == 1 + 45


def test_a_flow_is_as_thick_as_its_amount() -> None:
    posts = list(drawn(charts.round_flow([("a", "x", 3), ("b", "x", 1)], unit_label="kg")).iter("rect"))
    heights = [float(e.get("height", "0")) for e in posts]
    assert heights[0] == pytest.approx(3 * heights[1], rel=0.01) and heights[2] == pytest.approx(
        heights[0] + heights[1]
    )


def test_ribbons_lie_side_by_side_at_their_posts() -> None:
    tree = drawn(flow(2, 3))
    for column, place in ((0, r"M[\d.]+ ([\d.]+)C"), (1, r"([\d.]+)V[\d.]+C")):
        starts = sorted(float(y) for path in tree.iter("path") for y in re.findall(place, path.get("d", "")))
        posts = [e for e in tree.iter("rect") if float(e.get("x", "0")) == column * (svg.WIDTH - 6)]
        inside = [sum(_in(y, post) for post in posts) for y in starts]
        assert len(set(starts)) == len(starts) == 6 and inside == [1] * 6


def _in(y: float, post: ET.Element) -> bool:
    top = float(post.get("y", "0"))
    return top - 0.1 <= y < top + float(post.get("height", "0"))


def test_a_supplier_that_is_called_like_the_rest_is_not_mixed_with_a_target() -> None:
    picture = charts.round_flow([("Sama", "Sama", 5)], unit_label="kg")
    assert "1 pemasok ke 1 tujuan" in picture


@pytest.mark.parametrize("flows", [[], [("a", "b", 0)]])
def test_no_flow_is_said_so(flows: list[tuple[str, str, int]]) -> None:
    assert "Belum ada yang dialirkan." in charts.round_flow(flows, unit_label="kg")


# The lamps


def test_the_map_counts_its_lamps() -> None:
    picture = charts.peta_nyala([cell("1"), cell("2", "dormant"), cell("3", "something else")])
    assert "1 dari 3 kelurahan menyala." in picture
    assert "Padam 1" in picture and "Belum mulai 1" in picture


def test_lamps_differ_by_shape_and_not_by_colour_alone() -> None:
    def sizes(state: str) -> list[str | None]:
        return [e.get("r") for e in next(drawn(lamps(1, state)).iter("svg")).iter("circle")]

    assert len({tuple(sizes(state)) for state in ("alive", "slowing", "not_started")}) == 3
    assert len(sizes("alive")) == 2, "a glow and a light"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//evil.example", "https://evil.example", "/\\evil", " /x", "data:x"]
)
def test_a_link_never_leaves_the_site(href: str) -> None:
    assert "<a" not in charts.peta_nyala([cell("1", href=href)])


def test_a_link_stands_in_the_table_too_and_is_no_stop_in_the_picture() -> None:
    links = list(drawn(charts.peta_nyala([cell("1", href="/papan/1")])).iter("a"))
    assert [link.get("tabindex") for link in links] == ["-1", None]


def test_a_path_is_read_like_points() -> None:
    points = charts.peta_nyala([charts.Cell("1", "A", SQUARE, "alive")])
    path = charts.peta_nyala([charts.Cell("1", "A", "M0 0L10 0L10 10L0 10Z", "alive")])
    assert points == path


@pytest.mark.parametrize("shape", ["", "1,2", "M0 0L1 1", "x", "1e999,0 0,1e999 1,1"])
def test_a_broken_shape_is_left_out(shape: str) -> None:
    assert "Belum ada kelurahan." in charts.peta_nyala([charts.Cell("1", "A", shape, "alive")])


def test_outlines_share_the_land_between_neighbours() -> None:
    shapes = charts.outlines({"a": (112.70, -7.30), "b": (112.71, -7.30)}, reach=0.02)
    border = (112.705 * 0.99, 7.30)
    for code, sign in (("a", -1), ("b", 1)):
        xs = [float(point.split(",")[0]) for point in shapes[code].split()]
        assert all(sign * (x - border[0]) >= -1e-5 for x in xs)
        assert min(abs(x - border[0]) for x in xs) < 1e-5


def test_outlines_of_places_on_one_spot_or_alone_are_whole() -> None:
    assert len(charts.outlines({"a": (1.0, 1.0)})["a"].split()) == 16
    same = charts.outlines({"a": (1.0, 1.0), "b": (1.0, 1.0)})
    assert same["a"] == same["b"]
