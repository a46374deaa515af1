"""Reference and story data of ``market/data`` as typed rows: pure reading, no database.

Every reader returns an immutable tuple in file order and reads its file once per process.
Units are in the field names (``_rp`` whole rupiah, ``_g`` grams, ``_base`` the commodity's
smallest unit); dates are inclusive on both ends. ``market/data/README.md`` says where each
file comes from and which figures are assumptions.
"""

import csv
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from market.refdata.rows import (
    AreaRateRow,
    AssumptionRow,
    CellRow,
    CityMap,
    CommodityRow,
    ConsumptionRow,
    ContainerRow,
    CounterRuleRow,
    DeliveryZoneRow,
    HolidayRow,
    HouseholdsRow,
    KnownCooperativeRow,
    MarketPriceRow,
    OfferRow,
    PackRow,
    PermitRuleRow,
    PersonNameRow,
    PlaceRow,
    PriceRuleRow,
    ProductTemplateRow,
    QuotaRow,
    RepackRow,
    SearchWordRow,
    SupplierRow,
    SuspectGoodRow,
    TierRow,
    VehicleRow,
)

DATA = Path(__file__).parent.parent / "data"
CITIES = {"surabaya": "3578", "malang": "3573", "probolinggo": "3574"}
RICE_ZONE_OF_PROVINCE = {"35": "zone1"}
"""A rule's region key is a rice zone, a province code or ``national``."""


def _split(text: str) -> list[str]:
    return text.split("|") if text else []


def _pairs(text: str) -> list[tuple[str, int]]:
    return [(left, int(right)) for left, _, right in (part.partition("=") for part in _split(text))]


_READ: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: text == "yes",
    date: date.fromisoformat,
    int | None: lambda text: int(text) if text else None,
    date | None: lambda text: date.fromisoformat(text) if text else None,
    tuple[str, ...]: lambda text: tuple(_split(text)),
    tuple[TierRow, ...]: lambda text: tuple(TierRow(int(start), price) for start, price in _pairs(text)),
    tuple[AreaRateRow, ...]: lambda text: tuple(AreaRateRow(code, rate) for code, rate in _pairs(text)),
}

Row = TypeVar("Row")


def _rows(kind: type[Row], name: str) -> tuple[Row, ...]:
    """The file's lines as rows of this kind; the columns are the fields, by name."""
    readers = [(field, _READ[hint]) for field, hint in get_type_hints(kind).items()]
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return tuple(kind(**{field: read(line[field]) for field, read in readers}) for line in lines)


@cache
def places() -> tuple[PlaceRow, ...]:
    """The province, its cities and regencies, districts and kelurahan of three cities; parents first."""
    return _rows(PlaceRow, "places")


@cache
def _places_by_code() -> dict[str, PlaceRow]:
    return {row.code: row for row in places()}


def place(code: str) -> PlaceRow:
    """Raises KeyError for a code that the file does not hold."""
    return _places_by_code()[code]


def villages_of(city_code: str) -> tuple[PlaceRow, ...]:
    return tuple(row for row in places() if row.kind == "village" and row.code.startswith(city_code))


@cache
def delivery_zones() -> tuple[DeliveryZoneRow, ...]:
    return _rows(DeliveryZoneRow, "delivery_zones")


def delivery_zone(place_code: str) -> DeliveryZoneRow:
    """The zone of a district or village. Raises KeyError outside the three cities."""
    return {row.district_code: row for row in delivery_zones()}[place_code[:6]]


@cache
def commodities() -> tuple[CommodityRow, ...]:
    return _rows(CommodityRow, "commodities")


def commodity(code: str) -> CommodityRow:
    """Raises KeyError for an unknown code."""
    return {row.code: row for row in commodities()}[code]


@cache
def packs() -> tuple[PackRow, ...]:
    return _rows(PackRow, "packs")


def pack(code: str) -> PackRow:
    """Raises KeyError for an unknown code."""
    return {row.code: row for row in packs()}[code]


@cache
def repacks() -> tuple[RepackRow, ...]:
    """Which pack may be opened into which smaller one, and how many of them it gives."""
    return _rows(RepackRow, "repacks")


@cache
def price_rules() -> tuple[PriceRuleRow, ...]:
    return _rows(PriceRuleRow, "price_rules")


def price_rule(
    commodity_code: str, kind: str, on: date, channel_level: str = "consumer", province: str = "35"
) -> PriceRuleRow | None:
    """The rule in force on a day for a province: its own, its rice zone's or the nation's."""
    regions = {province, RICE_ZONE_OF_PROVINCE.get(province, ""), "national"}
    for row in price_rules():
        ours = row.commodity == commodity_code and row.kind == kind and row.channel_level == channel_level
        if ours and row.region_key in regions and in_force(row, on):
            return row
    return None


def in_force(row: PriceRuleRow | QuotaRow, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)


@cache
def permit_rules() -> tuple[PermitRuleRow, ...]:
    """What the law asks of products, from day to day."""
    return _rows(PermitRuleRow, "permit_rules")


@cache
def product_templates() -> tuple[ProductTemplateRow, ...]:
    """Usual products of members, as a start for the form."""
    return _rows(ProductTemplateRow, "product_templates")


@cache
def suspect_goods() -> tuple[SuspectGoodRow, ...]:
    """Words that ask for a look at who made it."""
    return _rows(SuspectGoodRow, "suspect_goods")


@cache
def counter_rules() -> tuple[CounterRuleRow, ...]:
    return _rows(CounterRuleRow, "counter_rules")


@cache
def containers() -> tuple[ContainerRow, ...]:
    """Packs that come in a container which goes back."""
    return _rows(ContainerRow, "containers")


@cache
def quotas() -> tuple[QuotaRow, ...]:
    return _rows(QuotaRow, "quotas")


@cache
def market_prices() -> tuple[MarketPriceRow, ...]:
    return _rows(MarketPriceRow, "market_prices")


def reference_price_rp(commodity_code: str, on: date, province: str = "35") -> int:
    """What a household pays per price unit: the newest retail price seen by that day, at most the ceiling.

    Where nothing was observed (administered goods) it is the ceiling itself. Raises LookupError
    when there is neither.
    """
    seen = [
        row
        for row in market_prices()
        if (row.commodity, row.level, row.region_key) == (commodity_code, "retail", province)
        and row.observed_on <= on
    ]
    ceiling = price_rule(commodity_code, "HET", on, province=province)
    amounts = [max(seen, key=lambda row: row.observed_on).amount_rp] if seen else []
    amounts += [ceiling.amount_rp] if ceiling else []
    if not amounts:
        raise LookupError(f"no reference price for {commodity_code} on {on}")
    return min(amounts)


def pack_price_rp(pack_code: str, price_per_unit_rp: int) -> int:
    """Price of a whole pack from a price per kg, litre or cylinder, rounded half up."""
    row = pack(pack_code)
    unit = commodity(row.commodity).price_unit_base
    return (2 * price_per_unit_rp * row.size_base + unit) // (2 * unit)


@cache
def vehicles() -> tuple[VehicleRow, ...]:
    return _rows(VehicleRow, "vehicles")


def vehicle(code: str) -> VehicleRow:
    """Raises KeyError for an unknown code."""
    return {row.code: row for row in vehicles()}[code]


def can_reach(vehicle_code: str, truck_access: str) -> bool:
    """Whether the vehicle gets to a door that takes ``any``, only a ``small`` truck or only a ``pickup``."""
    size = ("pickup", "small", "any").index
    return size(vehicle(vehicle_code).min_access) <= size(truck_access)


@cache
def suppliers() -> tuple[SupplierRow, ...]:
    return _rows(SupplierRow, "suppliers")


def supplier(code: str) -> SupplierRow:
    """Raises KeyError for an unknown code."""
    return {row.code: row for row in suppliers()}[code]


@cache
def offers(city_code: str) -> tuple[OfferRow, ...]:
    """The offers to one of the three cities. Raises KeyError for any other."""
    names = {code: name for name, code in CITIES.items()}
    return _rows(OfferRow, f"offers_{names[city_code]}")


def area_rate(offer: OfferRow, place_code: str) -> AreaRateRow | None:
    """The most exact served area that holds the place, or None when the offer does not go there."""
    held = [area for area in offer.areas if place_code.startswith(area.place_code)]
    return max(held, key=lambda area: len(area.place_code), default=None)


@cache
def households() -> tuple[HouseholdsRow, ...]:
    return _rows(HouseholdsRow, "households")


@cache
def consumption() -> tuple[ConsumptionRow, ...]:
    return _rows(ConsumptionRow, "consumption")


@cache
def assumptions() -> tuple[AssumptionRow, ...]:
    return _rows(AssumptionRow, "assumptions")


def assumption(key: str, scope: str = "all") -> int:
    """The assumed value. Raises KeyError when the file does not name it."""
    return {(row.key, row.scope): row.value for row in assumptions()}[key, scope]


@cache
def known_cooperatives() -> tuple[KnownCooperativeRow, ...]:
    """Cooperatives whose real start is reported by a source, or that the story wants awake."""
    return _rows(KnownCooperativeRow, "known_cooperatives")


@cache
def holidays() -> tuple[HolidayRow, ...]:
    """Public holidays with a date of their own; those that move with moon and calendar are entered."""
    return _rows(HolidayRow, "holidays")


@cache
def people_names() -> tuple[PersonNameRow, ...]:
    return _rows(PersonNameRow, "people_names")


@cache
def search_words() -> tuple[SearchWordRow, ...]:
    """What people type and what they may mean by it."""
    return _rows(SearchWordRow, "search_words")


@cache
def city_map(city_code: str) -> CityMap:
    """Cells of the city's kelurahan for an inline SVG. Raises KeyError for an unknown city."""
    name = {code: name for name, code in CITIES.items()}[city_code]
    document = json.loads((DATA / f"cells_{name}.json").read_text(encoding="utf-8"))
    left, top, width, height = document["view_box"]
    return CityMap(
        city=document["city"],
        label=document["label"],
        view_box=(left, top, width, height),
        cells=tuple(CellRow(*cell) for cell in document["cells"]),
        districts=tuple((code, path) for code, path in document["districts"]),
    )
