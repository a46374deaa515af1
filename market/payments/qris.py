"""QRIS: the text inside an Indonesian payment QR (EMVCo merchant-presented), written and read. Pure.

Fields are `ID LL value`, where LL counts characters; the last one is a CRC over the bytes before it.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_LENGTH = 512
CRC_HEAD = "6304"
_TWO_DIGITS = re.compile(r"[0-9]{2}", re.ASCII)
_AMOUNT = re.compile(r"[1-9][0-9]{0,9}(?:\.0{1,2})?", re.ASCII)
_PAN = "936000000000000000"
_NMID = "ID0000000000000"


class BadQr(ValueError):
    """The text is not a QR of payment, or damaged; the words say where, for logs."""


@dataclass(frozen=True)
class Merchant:
    """Who is paid, as a wallet shows it. The numbers are impossible: this is for a simulation alone."""

    name: str
    city: str
    postal_code: str = "60111"


@dataclass(frozen=True)
class Qris:
    """A QR read by a wallet. `amount_rp` is None where the payer types it (a static QR)."""

    merchant: Merchant
    amount_rp: int | None
    reference: str
    dynamic: bool


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE of the UTF-8 bytes, four capital hex digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def field(tag: str, value: str) -> str:
    """One field. Raises ValueError for a value of 0 or more than 99 characters."""
    if not 1 <= len(value) <= 99:
        raise ValueError("a field has 1 to 99 characters")
    return f"{tag}{len(value):02d}{value}"


def build(merchant: Merchant, amount_rp: int | None, reference: str) -> str:
    """The text of a simulated QR, with `reference` (up to 25 characters) as its mark; static without an
    amount.

    Merchant numbers are zeros and the acquirer is an example, so that no real wallet can pay it.
    """
    national = field("00", "ID.CO.QRIS.WWW") + field("02", _NMID) + field("03", "URE")
    acquirer = (
        field("00", "ID.CO.EXAMPLE.WWW")
        + field("01", _PAN)
        + field("02", "SIM000000000001")
        + field("03", "URE")
    )
    parts = [
        field("00", "01"),
        field("01", "11" if amount_rp is None else "12"),
        field("26", acquirer),
        field("51", national),
        field("52", "5411"),
        field("53", "360"),
        field("54", str(amount_rp)) if amount_rp is not None else "",
        field("58", "ID"),
        field("59", merchant.name[:25]),
        field("60", merchant.city[:15]),
        field("61", merchant.postal_code),
        field("62", field("05", reference[:25]) + field("07", "A01")),
        CRC_HEAD,
    ]
    text = "".join(parts)
    return text + crc(text)


def read(text: str) -> dict[str, str]:
    """The top fields of any payment QR, checked down to the CRC. Raises BadQr."""
    if len(text) > MAX_LENGTH:
        raise BadQr("too long")
    fields = split(text)
    head = text[:-4]
    if list(fields)[-1:] != ["63"] or not head.endswith(CRC_HEAD):
        raise BadQr("the checksum does not stand at the end")
    if fields["63"] != crc(head):
        raise BadQr("the checksum is wrong")
    return fields


def split(text: str) -> dict[str, str]:
    """Fields of one level by tag. Raises BadQr for an overrun, a repeated or an unreadable field."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, size = text[at : at + 2], text[at + 2 : at + 4]
        if not _TWO_DIGITS.fullmatch(tag) or not _TWO_DIGITS.fullmatch(size):
            raise BadQr(f"no tag or length at {at}")
        value = text[at + 4 : at + 4 + int(size)]
        if int(size) == 0 or len(value) != int(size):
            raise BadQr(f"a length that overruns at {at}")
        if tag in found:
            raise BadQr(f"tag {tag} stands twice")
        found[tag] = value
        at += 4 + int(size)
    return found


def parse(text: str) -> Qris:
    """A QRIS as a wallet reads it. Raises BadQr for any other QR, a foreign currency or country."""
    fields = read(text)
    wanted: Mapping[str, tuple[str, ...]] = {
        "00": ("01",),
        "01": ("11", "12"),
        "53": ("360",),
        "58": ("ID",),
    }
    for tag, values in wanted.items():
        if fields.get(tag) not in values:
            raise BadQr(f"tag {tag} is not one of {', '.join(values)}")
    if not any("26" <= tag <= "51" for tag in fields):
        raise BadQr("no merchant")
    dynamic = fields["01"] == "12"
    amount = fields.get("54")
    if amount is not None and not _AMOUNT.fullmatch(amount):
        raise BadQr("an amount that is none")
    extra = split(fields["62"]) if "62" in fields else {}
    return Qris(
        merchant=Merchant(fields.get("59", ""), fields.get("60", ""), fields.get("61", "")),
        amount_rp=int(amount.partition(".")[0]) if amount else None,
        reference=extra.get("05", ""),
        dynamic=dynamic,
    )
