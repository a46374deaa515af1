"""The rows of ``market/data`` as frozen dataclasses: one field per column, by name."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PlaceRow:
    code: str
    kind: str
    name: str
    parent_code: str
    postcode: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class CommodityRow:
    code: str
    name: str
    group: str
    price_class: str  # administered | ceiling | free
    base_unit: str  # g | ml | pcs
    price_unit: str  # kg | L | tabung
    price_unit_base: int
    grade: str
    resale_allowed: bool
    online_allowed: bool
    note: str


@dataclass(frozen=True, slots=True)
class PackRow:
    code: str
    commodity: str
    label: str
    size_base: int
    weight_g: int
    kind: str  # bulk | retail
    tolerance_g: int | None


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """A returnable container of a pack; its amounts are what counts until somebody sets others."""

    code: str
    name: str
    pack: str
    deposit_rp: int
    price_rp: int
    return_days: int
    source: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class CounterRuleRow:
    """What selling a commodity to a person asks for, from a day on; how much is a quota's business."""

    commodity: str
    needs_identity: bool
    needs_register: bool
    needs_line: bool
    categories: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    legal_ref: str
    source_url: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class RepackRow:
    from_pack: str
    to_pack: str
    pieces: int


@dataclass(frozen=True, slots=True)
class PriceRuleRow:
    commodity: str
    region_key: str
    channel_level: str
    kind: str  # HET | HAP | ADMIN_BUY
    amount_rp: int
    unit: str
    valid_from: date
    valid_to: date | None
    legal_ref: str
    source_url: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class QuotaRow:
    commodity: str
    kind: str
    scope: str
    amount_base: int
    base_unit: str
    period_days: int
    region_key: str
    valid_from: date
    valid_to: date | None
    legal_ref: str
    source_url: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class MarketPriceRow:
    observed_on: date
    commodity: str
    region_key: str
    level: str
    amount_rp: int
    unit: str
    source: str
    source_url: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class VehicleRow:
    code: str
    label: str
    payload_g: int
    base_rp: int
    per_km_rp: int
    min_access: str
    confidence: str


@dataclass(frozen=True, slots=True)
class SupplierRow:
    code: str
    name: str
    kind: str  # mill | wholesaler | distributor | farm | bulog | idfood | lpg_agent
    place_code: str
    vehicle: str
    fictional: bool
    authorised: tuple[str, ...]
    max_weight_g: int | None


@dataclass(frozen=True, slots=True)
class TierRow:
    from_packs: int
    price_rp: int


@dataclass(frozen=True, slots=True)
class AreaRateRow:
    """A served area (a place code; everything below it belongs to it) and what delivery costs there.

    ``rate_rp`` is per pack or per truck trip, as the offer's ``freight_mode`` says.
    """

    place_code: str
    rate_rp: int


@dataclass(frozen=True, slots=True)
class OfferRow:
    code: str
    supplier: str
    city: str
    pack: str
    capacity_packs: int
    lot_packs: int
    min_per_need_packs: int
    min_total_packs: int
    terms: str  # prepaid | cod | tempo_14 | tempo_30
    freight_mode: str  # pack | truck
    areas: tuple[AreaRateRow, ...]
    drop_rp: int
    min_load_g: int
    lead_days: int
    tiers: tuple[TierRow, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class HouseholdsRow:
    village_code: str
    households: int
    area_km2: float
    confidence: str


@dataclass(frozen=True, slots=True)
class ConsumptionRow:
    """What a head consumes in a month, and the share (basis points) that each level of cooperative sells."""

    commodity: str
    bulk_pack: str
    base_per_head_month: int
    share_strong_bp: int
    share_growing_bp: int
    share_starting_bp: int
    source_url: str
    note: str


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    key: str
    scope: str
    value: int
    unit: str
    confidence: str
    source_url: str
    note: str


@dataclass(frozen=True, slots=True)
class KnownCooperativeRow:
    village_code: str
    level: str
    members: int | None
    source_url: str
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryZoneRow:
    """Districts of one zone may be served by the same truck trip."""

    district_code: str
    zone_code: str
    zone_name: str


@dataclass(frozen=True, slots=True)
class PersonNameRow:
    name: str
    gender: str  # female | male


@dataclass(frozen=True, slots=True)
class CellRow:
    """One kelurahan on the map: an SVG path and the point where its lamp stands."""

    village_code: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class CityMap:
    """Approximate outlines, see ``label``; all coordinates are whole units of ``view_box``."""

    city: str
    label: str
    view_box: tuple[int, int, int, int]
    cells: tuple[CellRow, ...]
    districts: tuple[tuple[str, str], ...]  # district code, SVG path of its outline


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A public holiday that falls on the same day each year."""

    month: int
    day: int
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class PermitRuleRow:
    """A duty of products of some categories or kinds; binding ones keep an unmet product off the shelf."""

    duty: str
    categories: tuple[str, ...]
    specials: tuple[str, ...]
    packed_only: bool
    shelf_over_days: int | None
    valid_from: date
    valid_to: date | None
    binding: bool
    legal_ref: str
    source_url: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class ProductTemplateRow:
    """What the form of a new product begins with; everything may be changed."""

    key: str
    name: str
    category: str
    unit: str
    supply: str
    shelf_life_days: int | None
    packaging: str
    lead_days: int
    day_capacity: int | None
    batch_pcs: int | None
    ready_days: int
    special: str
    halal: str
    example: str
    ingredients: str


@dataclass(frozen=True, slots=True)
class SuspectGoodRow:
    """A word in a product's name that makes people ask who made it."""

    word: str
    why: str


@dataclass(frozen=True, slots=True)
class SearchWordRow:
    """Words that mean the same ("same"), or a word that stands for several goods ("group")."""

    word: str
    means: tuple[str, ...]
    kind: str  # same | group
    source: str
