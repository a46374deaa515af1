"""The same people in the story and in the tests: Sri buys, Budi pays, Wati must be kept out."""

from __future__ import annotations

from dataclasses import dataclass

from market.commodities import services as reference
from market.core import db
from market.core.permissions import Actor, Role
from market.identity.models import Organization
from tests import factories


@dataclass(frozen=True)
class Cast:
    """Koperasi Sumber Makmur and those it deals with, and a neighbour that may see nothing of it."""

    makmur: Organization
    """the cooperative of the stories"""
    tetangga: Organization
    """another cooperative of the same city"""
    lamongan: Organization
    """a rice mill"""
    ngawi: Organization
    """another rice mill"""
    dinas: Organization
    """the office of the city"""
    sri: Actor
    """secretary of makmur: posts needs"""
    budi: Actor
    """treasurer of makmur: approves and pays"""
    hadi: Actor
    """chair of makmur: second person"""
    kasir: Actor
    """cashier of makmur"""
    wati: Actor
    """secretary of tetangga: the stranger"""
    joko: Actor
    """sells for lamongan"""
    nur: Actor
    """sells for ngawi"""
    ratna: Actor
    """officer of the office"""
    agus: Actor
    """head of the office"""


def begin() -> Cast:
    """The cast, committed: what most tests begin with."""
    with db.transaction():
        return assemble()


def begin_with_goods() -> Cast:
    """The cast and the real reference data, committed."""
    with db.transaction():
        made = assemble()
        reference.load_reference()
    return made


def assemble() -> Cast:
    """Create everybody (inside an open transaction)."""
    makmur = factories.cooperative()
    tetangga = factories.cooperative("Koperasi Rukun Tetangga", "3578041001")
    lamongan = factories.supplier()
    ngawi = factories.supplier("Penggilingan Ngawi Subur")
    dinas = factories.office()
    make = factories.actor
    return Cast(
        makmur=makmur,
        tetangga=tetangga,
        lamongan=lamongan,
        ngawi=ngawi,
        dinas=dinas,
        sri=make(Role.SECRETARY, makmur, "Sri", "sri"),
        budi=make(Role.TREASURER, makmur, "Budi", "budi"),
        hadi=make(Role.CHAIR, makmur, "Hadi", "hadi"),
        kasir=make(Role.CASHIER, makmur, "Kasir", "kasir"),
        wati=make(Role.SECRETARY, tetangga, "Wati", "wati"),
        joko=make(Role.SUPPLIER_SALES, lamongan, "Joko", "joko"),
        nur=make(Role.SUPPLIER_SALES, ngawi, "Nur", "nur"),
        ratna=make(Role.OFFICE_OFFICER, dinas, "Ratna", "ratna"),
        agus=make(Role.OFFICE_HEAD, dinas, "Agus", "agus"),
    )
