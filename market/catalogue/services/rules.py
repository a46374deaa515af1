"""What a product must be like, whoever lists it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from market import refdata
from market.catalogue.duties import Gap
from market.catalogue.models import HALAL_STATES, Product
from market.core import clock, files
from market.core.errors import Conflict, Refused
from market.core.i18n import _, format_date, lazy
from market.core.money import format_rp

PIRT = re.compile(r"[0-9]{13}-[0-9]{2}")
"""P-IRT number: 13 digits, a dash, the last two digits of the year it ends (domain facts 6.1)."""
PIRT_YEARS = 5
"""A P-IRT number is given for at most five years."""
MAX_PRICE_RP = 100_000_000
"""Above any basket of a kelurahan's shop: a slip of the finger, not a price."""
PHOTO_SIZES = (176, 320, 480, 640)
PAPER_SIDE = 1280
"""Longest side of a photographed document, in pixels: its small print can be read."""
"""Longest sides in pixels: beside the name, in a grid of cards, alone on a phone, alone on a desk."""
MAX_NET = 1_000_000
"""A ton or a thousand litres, in grams and millilitres."""

DUTIES = {
    "nib": (lazy("NIB"), lazy("Nomor usaha (NIB) gratis dibuat di oss.go.id.")),
    "pirt": (
        lazy("Nomor P-IRT"),
        lazy("Makanan kemasan yang tahan lebih dari 7 hari butuh P-IRT: urus di OSS."),
    ),
    "md": (lazy("Izin edar BPOM (MD)"), lazy("Jenis ini tidak cukup P-IRT: butuh izin edar BPOM (MD).")),
    "halal": (
        lazy("Sertifikat halal"),
        lazy(
            "Tulis nomor sertifikat halal, atau nyatakan tidak halal. Pendamping halal membantu mengurusnya."
        ),
    ),
    "net": (lazy("Isi bersih"), lazy("Tulis isi bersih, misalnya 250 g.")),
    "ingredients": (lazy("Daftar bahan"), lazy("Tulis semua bahannya.")),
    "dates": (
        lazy("Tanggal kedaluwarsa dan kode produksi"),
        lazy("Cantumkan keduanya pada kemasan, lalu beri tanda centang."),
    ),
    "address": (lazy("Alamat pembuat"), lazy("Isi alamat usaha di profil Anda, dan cantumkan pada kemasan.")),
}
"""Duty -> what it asks for, and what to do next."""
FIELD_OF_DUTY = {
    "pirt": "pirt",
    "md": "md_number",
    "halal": "halal",
    "net": "net",
    "ingredients": "ingredients",
    "dates": "label_dated",
}
"""Duty -> the field of the product's form that meets it."""


def told(missing: Iterable[Gap]) -> str:
    """What is missing and what to do next, in plain words."""
    lines = []
    for gap in missing:
        name, step = DUTIES[gap.duty]
        if gap.waiting:
            lines.append(_("%(name)s belum diperiksa koperasi.", name=str(name)))
        else:
            lines.append(_("%(name)s belum ada. %(step)s", name=str(name), step=str(step)))
    return " ".join(lines)


def from_day(gap: Gap) -> str:
    """Since when or from when the duty counts, for people."""
    if gap.from_on <= clock.today():
        return _("wajib sekarang") if gap.binding else _("dianjurkan")
    return _("mulai %(day)s", day=format_date(gap.from_on))


def price(price_rp: int) -> int:
    """The price if it is one; raises Refused."""
    if price_rp <= 0:
        raise Refused(_("Harga harus lebih dari nol."), field="price_rp")
    if price_rp > MAX_PRICE_RP:
        raise Refused(_("Harga paling tinggi %(most)s.", most=format_rp(MAX_PRICE_RP)), field="price_rp")
    return price_rp


def member_price(price_rp: int, member_price_rp: int | None) -> None:
    """Raise Refused for a member price that is none or above everybody's."""
    if member_price_rp is not None and not 0 < member_price_rp <= price_rp:
        raise Refused(_("Harga anggota tidak lebih tinggi dari harga jual."), field="member_price_rp")


HALAL_DIGITS = 17
"""Digits of a halal certificate's number of today, after its ID."""
WORDS_BEFORE = {
    "nib": ("", "NIB"),
    "pirt": ("", "PIRT", "PIRTNO", "DINKESPIRT", "DINKESPIRTNO"),
    "md": ("", "MD", "BPOMMD", "BPOMRIMD"),
    "halal": ("", "ID"),
}
"""What labels print before a number, without signs."""


def written(kind: str, typed: str) -> str:
    """A permit's number as it is kept, however it was copied from the label: "P-IRT No. 206 3578 ..." is one.

    What does not look like one is returned as it was typed, for the message to show.
    """
    typed = " ".join(typed.split()).upper()
    letters, digits = re.sub(r"[^A-Z]", "", typed), re.sub(r"[^0-9]", "", typed)
    if letters not in WORDS_BEFORE[kind]:
        return typed
    if kind == "pirt":
        return f"{digits[:-2]}-{digits[-2:]}"
    if kind == "md":
        return f"MD {digits}"
    if kind == "halal" and (letters or len(digits) == HALAL_DIGITS):
        return f"ID{digits}"
    return digits


def pirt(number: str | None) -> str:
    """A well-formed P-IRT number that has not ended, or nothing; raises Refused.

    Whether the number was given to this seller is for people to check: the office has the register.
    """
    if not number or not number.strip():
        return ""
    number = written("pirt", number)
    if not PIRT.fullmatch(number):
        raise Refused(_("Nomor P-IRT ditulis seperti 1234567890123-28."), field="pirt")
    ends, this_year = 2000 + int(number[-2:]), clock.today().year
    if ends < this_year:
        raise Refused(_("P-IRT ini berakhir tahun %(year)s. Perpanjang dahulu.", year=ends), field="pirt")
    if ends > this_year + PIRT_YEARS:
        raise Refused(
            _("Dua angka terakhir P-IRT adalah tahun berakhirnya, paling lama 5 tahun."), field="pirt"
        )
    return number


def halal(state: str) -> str:
    """A known halal statement; raises Refused."""
    if state not in HALAL_STATES:
        raise Refused(_("Pilih status halal."), field="halal")
    return state


def net(net_weight_g: int | None, net_volume_ml: int | None) -> dict[str, int | None]:
    """Weight or volume of one sold unit, not both; raises Refused."""
    given = [each for each in (net_weight_g, net_volume_ml) if each is not None]
    if len(given) > 1 or any(not 0 < each <= MAX_NET for each in given):
        raise Refused(_("Isi bersih tidak masuk akal. Tulis misalnya 250 g atau 500 ml."), field="net")
    return {"net_weight_g": net_weight_g, "net_volume_ml": net_volume_ml}


def photo(data: bytes) -> str:
    """Keep a product's photo and return its name; raises Refused at the field for what is no photo."""
    return _kept(data, PHOTO_SIZES, private=False)


def paper(data: bytes) -> str:
    """Keep the photo of a document, readable, for those only who may see it; otherwise as `photo`."""
    return _kept(data, (PAPER_SIDE,), private=True)


def _kept(data: bytes, sizes: Sequence[int], *, private: bool) -> str:
    try:
        return files.store_photo(data, sizes, private=private).name
    except Refused as refusal:
        raise Refused(refusal.message, field="photo", **refusal.detail) from refusal


def unchanged(version: int, seen: int | None) -> None:
    """Raise Conflict when the person looked at another version than the one they decide on."""
    if seen is not None and seen != version:
        raise Conflict(_("Produk ini baru saja diubah. Baca lagi isinya, lalu putuskan."))


FIELDS = {
    "name": lazy("Nama produk"),
    "description": lazy("Cerita singkat"),
    "unit_label": lazy("Dijual per"),
    "photo": lazy("Foto"),
    "variant": lazy("Varian"),
    "origin_note": lazy("Bukti asal"),
    "category": lazy("Kategori"),
    "ingredients": lazy("Bahan"),
    "net_weight_g": lazy("Berat bersih"),
    "net_volume_ml": lazy("Isi bersih"),
    "pirt": lazy("Nomor P-IRT"),
    "halal": lazy("Status halal"),
    "shelf_life_days": lazy("Daya tahan"),
    "packaging": lazy("Kemasan"),
    "special": lazy("Jenis khusus"),
    "label_dated": lazy("Kedaluwarsa dan kode produksi"),
    "origin": lazy("Asal barang"),
    "price_rp": lazy("Harga jual"),
}
"""What people call the fields of a product."""


def said(notes: Sequence[tuple[str, str]]) -> str:
    """Several remarks as one text."""
    return " ".join(f"{FIELDS[field]}: {text}" if field else text for field, text in notes)


FOOD = ("kue", "camilan", "masakan", "minuman", "bumbu", "sembako", "segar")
DEAR_RP = 2_000_000
"""Above this a consigned piece is looked at again: an assumption, dearer than what kitchens make."""


def signals(product: Product) -> list[str]:
    """What the cooperative should look at twice, in words; empty for most."""
    found = _suspicions(product)
    if product.category not in FOOD and (product.ingredients.strip() or product.pirt):
        found.append(_("Ada bahan atau P-IRT, tetapi kategorinya bukan makanan."))
    return found


def _suspicions(product: Product) -> list[str]:
    """Why it may have been bought, not made: these ask for evidence."""
    words = f" {' '.join(re.findall(r'[a-z0-9]+', product.name.casefold()))} "
    found = [
        _('Namanya memuat "%(word)s": %(why)s.', word=row.word, why=row.why)
        for row in refdata.suspect_goods()
        if f" {row.word} " in words
    ]
    if product.price_rp > DEAR_RP:
        found.append(_("Harganya di atas %(most)s.", most=format_rp(DEAR_RP)))
    return found


def origin(product: Product, found: str, note: str) -> str:
    """Where it is made, as the cooperative decides; raises Refused when it was bought or nobody looked."""
    if product.origin == "resale":
        raise Refused(_("Barang kulakan tidak dititipkan."), field="origin")
    decided = found or product.origin or "member"
    if decided not in ("member", "city"):
        raise Refused(_("Pilih salah satu dari daftar."), field="origin")
    if _suspicions(product) and not note.strip():
        raise Refused(
            _("Tulis apa yang sudah Anda lihat: tempat membuatnya atau buktinya."), field="origin_note"
        )
    return decided
