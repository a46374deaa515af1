"""The members' products, with pictures drawn on the spot: no photo of anybody's real goods."""

from __future__ import annotations

import io
from dataclasses import dataclass
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from market.catalogue import services as catalogue
from market.core import clock
from market.core.permissions import Actor
from market.demo.agenda import Agenda
from market.demo.world import World
from market.retail import services as retail

COMMISSION_BP = 1_000


@dataclass(frozen=True)
class Snack:
    """A product of the story; everything about it is invented."""

    name: str
    price_rp: int
    net_weight_g: int
    description: str
    ingredients: str
    paper: str
    bite: str
    category: str
    pirt: str
    halal: str
    """Numbers as the authorities write them, made up, and marked as examples wherever they are shown."""


SNACKS = (
    Snack(
        "Keripik tempe",
        15_000,
        150,
        "Renyah, digoreng tiap pagi di dapur Bu Tini.",
        "tempe, tepung beras, bawang putih, ketumbar, garam, minyak kelapa sawit",
        "#F3E3C3",
        "#C98A1B",
        "camilan",
        "2060000000001",
        "ID35000000000000001",
    ),
    Snack(
        "Kue semprit",
        22_000,
        200,
        "Kue kering mentega untuk tamu dan bekal.",
        "tepung terigu, mentega, gula, kuning telur, vanili",
        "#EFE9DF",
        "#B5651D",
        "kue",
        "2060000000002",
        "ID35000000000000002",
    ),
)

KITCHEN = (
    Snack(
        "Rempeyek kacang",
        18_000,
        200,
        "Tipis dan gurih, kacangnya banyak.",
        "tepung beras, kacang tanah, santan, bawang putih, kemiri, daun jeruk, garam, minyak kelapa sawit",
        "#F2E7CF",
        "#D9A441",
        "camilan",
        "2060000000003",
        "ID35000000000000003",
    ),
    Snack(
        "Lapis legit mini",
        45_000,
        400,
        "Delapan belas lapis, dipanggang sesudah dipesan.",
        "telur, mentega, gula, tepung terigu, susu bubuk, kayu manis",
        "#F4E4D4",
        "#8A4B1F",
        "kue",
        "2060000000004",
        "ID35000000000000004",
    ),
)


def picture(snack: Snack) -> bytes:
    """A bowl of it, as PNG."""
    image = Image.new("RGB", (960, 720), snack.paper)
    draw = ImageDraw.Draw(image)
    draw.ellipse((180, 150, 780, 630), fill="#FBFAF6", outline="#1E6B3C", width=14)
    dice = Random(snack.name)
    for _ in range(70):
        x, y = 300 + dice.random() * 330, 240 + dice.random() * 270
        size = 34 + dice.random() * 30
        draw.ellipse((x, y, x + size, y + size * 0.7), fill=snack.bite, outline="#7A4B12", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def plan_snacks(world: World, agenda: Agenda, products: list[int], listed: int, approved: int) -> None:
    """Listed by the member, approved by the cooperative the next day, brought to the counter, on sale."""

    def list_them() -> None:
        products.extend(list_snacks(world))

    def approve_them() -> None:
        for product_id in products:
            approve(world.story.secretary, product_id)

    def bring_them() -> None:
        for product_id in products:
            retail.receive_consignment(world.story.cashier, product_id, 40)

    agenda.plan(listed, "19:40", list_them)
    agenda.plan(approved, "08:30", approve_them)
    agenda.plan(approved, "15:00", bring_them)


def approve(secretary: Actor, product_id: int) -> None:
    """The cooperative went to the kitchen and compared the example numbers."""
    catalogue.approve_product(
        secretary,
        product_id,
        COMMISSION_BP,
        origin="member",
        origin_note="Sudah ke dapurnya.",
        permits_checked=True,
    )


def list_snacks(world: World) -> list[int]:
    """Both products of the tour's member, waiting for the cooperative's word; their ids."""
    return [
        _list(world.seller, snack, origin_note="Dapur Bu Tini (contoh)", batch_pcs=40) for snack in SNACKS
    ]


def list_kitchen(maker: Actor) -> tuple[int, int]:
    """What the second member keeps at home, and what she makes when somebody orders it; their ids."""
    peanuts, cake = KITCHEN
    note = "Dapur Bu Lastri (contoh)"
    return (
        _list(maker, peanuts, origin_note=note, supply="home"),
        _list(maker, cake, origin_note=note, supply="order", lead_days=1, day_capacity=6),
    )


def _list(maker: Actor, snack: Snack, **details: Any) -> int:
    facts: dict[str, Any] = {
        "name": snack.name,
        "price_rp": snack.price_rp,
        "unit_label": f"bungkus {snack.net_weight_g} g",
        "description": snack.description,
        "net_weight_g": snack.net_weight_g,
        "ingredients": snack.ingredients,
        "photo": picture(snack),
        "category": snack.category,
        "packaging": "plastic",
        "shelf_life_days": 60,
        "label_dated": True,
        "origin": "member",
        "pirt": f"{snack.pirt}-{(clock.today().year + 3) % 100:02}",
        "halal": "certified",
        "halal_number": snack.halal,
        **details,
    }
    return catalogue.list_product(maker, example=True, **facts).id
