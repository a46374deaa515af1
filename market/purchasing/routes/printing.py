"""What the papers of buying share: heads, sides, the address that a paper's code leads back to."""

from __future__ import annotations

from typing import Any

from flask import url_for

from market.core import files, messages, money, render
from market.identity.models import Organization
from market.purchasing import services
from market.purchasing.models import GoodsReceipt


def contact(organization: Organization) -> tuple[str, ...]:
    """Address and phone as far as they are known."""
    phone = f"+{organization.phone}" if organization.phone else ""
    return tuple(part for part in (organization.address, phone) if part)


def head(organization: Organization) -> render.Letterhead:
    """Who issues the paper."""
    return render.Letterhead(organization.name, contact(organization))


def side(role: str, organization: Organization) -> render.Party:
    """One side of the paper."""
    return render.Party(role, organization.name, contact(organization))


def back_to(view: str, **values: Any) -> str:
    """The whole address of a page of buying."""
    return messages.link(url_for(f"purchasing.{view}", **values))


def in_words(amount_rp: int) -> str:
    """A sum as it is written on a receipt, so that no digit can be added: "dua ratus ribu rupiah"."""
    return f"{money.terbilang(amount_rp)} rupiah"


def drawn(receipt: GoodsReceipt) -> bytes | None:
    """The signature of whoever handed the goods over."""
    return (
        files.open_photo(receipt.signature, services.SIGNATURE_SIDE, private=True)
        if receipt.signature
        else None
    )
