"""A shop with a counter: crisps and rice on the shelf, gas, subsidised rice, and an open shift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from market.catalogue import services as catalogue
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import SYSTEM
from market.counter import queries, services
from market.counter.models import Sale
from market.counter.services import Terms, Wanted
from market.empties import services as cylinders
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.members.models import Member
from market.stock import services as stock
from tests import factories
from tests.cast import Cast
from tests.retail import shop as shelves

FLOAT = {10_000: 5, 5_000: 10}
FLOAT_RP = 100_000
GAS_RP, SPHP_RP, OIL_RP = 18_000, 62_500, 15_700
NIK, OTHER_NIK, THIRD_NIK = "3578014507800001", "3578011203750002", "3578010101900003"
MAP = Terms(recorded=True, map_reference="MAP-77")


@dataclass
class Till:
    """Makmur's counter; ids of goods as the counter names them."""

    cast: Cast
    shop: shelves.ShopFront
    crisps: str
    rice: str
    sphp: str
    gas: str
    oil: str

    @property
    def id(self) -> int:
        return self.cast.makmur.id

    def basket(self, *goods: tuple[str, int], who: Any = None) -> int:
        """Goods on the counter; returns the sale."""
        with db.transaction():
            sale_id = 0
            for code, quantity in goods:
                sale_id = services.put(who or self.cast.kasir, code, quantity).id
            return sale_id

    def known(self, sale_id: int, nik: str = NIK, who: Any = None) -> int:
        with db.transaction():
            services.name_buyer(who or self.cast.kasir, sale_id, nik, "RT")
        return sale_id

    def cash(self, sale_id: int, given_rp: int = 1_000_000, terms: Terms = MAP, who: Any = None) -> Sale:
        with db.transaction():
            return services.pay_cash(who or self.cast.kasir, sale_id, given_rp, terms)

    def sold(self, *goods: tuple[str, int], nik: str = "") -> Sale:
        sale_id = self.basket(*goods)
        if nik:
            self.known(sale_id, nik)
        return self.cash(sale_id)

    def told(self, key: str, *goods: tuple[str, int, int], given_rp: int | None = None, **facts: Any) -> Sale:
        """A sale as a page without signal tells it."""
        wanted = [Wanted(*each) for each in goods]
        exact = sum(each.quantity * each.price_rp for each in wanted)
        shift = facts.pop("shift_id", None) or self.shift_id()
        with db.transaction():
            return services.record_sale(
                facts.pop("who", self.cast.kasir),
                client_key=key,
                wanted=wanted,
                given_rp=exact if given_rp is None else given_rp,
                offline=facts.pop("offline", True),
                shift_id=shift,
                **facts,
            )

    def shift_id(self) -> int:
        with db.transaction(read_only=True):
            return queries.shifts_of(self.id)[0].id

    def balance(self, code: str) -> int:
        with db.transaction(read_only=True):
            return books.balance_rp(self.id, code)

    def drawer(self) -> queries.Drawer:
        with db.transaction(read_only=True):
            return queries.drawer(queries.shifts_of(self.id)[0])

    def member(self, name: str = "Bu Ani") -> Member:
        with db.transaction():
            return factories.member(self.cast.sri, name, "081234567899")

    def stock(self, code: str) -> int:
        with db.transaction(read_only=True):
            row = db.session.query(stock.moving.StockItem).filter_by(organization_id=self.id, code=code).one()
            return int(row.on_hand_base)


def stock_pack(cast: Cast, code: str, packs: int, cost_rp: int) -> int:
    """Packs of a commodity in stock and in the books; returns the pack's id."""
    pack = commodities.pack_by_code(code)
    item = stock.item_for_pack(cast.makmur.id, pack.id)
    stock.move_in(
        SYSTEM, cast.makmur.id, item.id, packs * pack.size_base, packs * cost_rp, f"opening:{code}", "opening"
    )
    lines = [debit(chart.INVENTORY, packs * cost_rp), credit(chart.GRANTS, packs * cost_rp)]
    ledger.post(SYSTEM, cast.makmur.id, EntryDraft(f"opening:{code}", clock.today(), code, lines))
    return pack.id


def open_till(cast: Cast, crisps_left: int = 10, rice_left: int = 10, gas: int = 20, sphp: int = 40) -> Till:
    """Everything on the shelf and the cashier at the drawer, committed."""
    shop = shelves.open_shop(cast, crisps_left, rice_left)
    with db.transaction():
        sphp_id = stock_pack(cast, "BRS-SPHP-5", sphp, 55_000)
        gas_id = stock_pack(cast, "LPG-3", gas, 16_000)
        oil_id = stock_pack(cast, "MKT-1", 12, 14_500)
        cylinders.record_owned(cast.budi, "TABUNG-3", 10, 150_000)
        product = catalogue.sell_pack(cast.sri, sphp_id, SPHP_RP)
        services.set_price(cast.sri, gas_id, GAS_RP)
        services.set_price(cast.sri, oil_id, OIL_RP, "899100200300")
        float_lines = (debit(chart.CASH, 500_000), credit(chart.GRANTS, 500_000))
        ledger.post(SYSTEM, cast.makmur.id, EntryDraft("opening:kas", clock.today(), "Kas", float_lines))
        services.open_shift(cast.kasir, "1", FLOAT)
    return Till(
        cast,
        shop,
        f"p{shop.crisps.id}",
        f"p{shop.rice.id}",
        f"p{product.id}",
        f"k{gas_id}",
        f"k{oil_id}",
    )
