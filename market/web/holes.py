"""A finished page with holes for what every answer has of its own: form tokens and keys.

Its text between the holes is compressed once. An answer is put together from these pieces as one gzip
member: each piece ends on a whole byte (a full flush), so a hole's few bytes can stand between two of them.
"""

from __future__ import annotations

import re
import secrets
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

CSRF, KEY = "c", "k"
_SECRET = secrets.token_hex(8)
"""Of this process alone: nobody can write a text that is taken for a hole."""
_MARK = re.compile(f"~{_SECRET}([{CSRF}{KEY}])~")
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_GZIP_END = b"\x03\x00"
_LEVEL = 6


def mark(kind: str) -> str:
    """What a template writes where a hole is to be."""
    return f"~{_SECRET}{kind}~"


def _deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def _stored(text: bytes) -> bytes:
    """A block of deflate that holds the bytes as they are."""
    size = len(text)
    return b"\x00" + struct.pack("<HH", size, size ^ 0xFFFF) + text


@dataclass(frozen=True)
class Page:
    """The pieces of a page, the same compressed, and what stands between them."""

    pieces: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    holes: str

    def filled(self, fill: Callable[[str], str]) -> list[bytes]:
        """What is written into each hole, in order; tokens of a form are plain ASCII."""
        return [fill(kind).encode() for kind in self.holes]

    def body(self, values: list[bytes]) -> bytes:
        """The page as it is."""
        woven = [self.pieces[0]]
        for value, piece in zip(values, self.pieces[1:], strict=True):
            woven += (value, piece)
        return b"".join(woven)

    def gzipped(self, values: list[bytes]) -> bytes:
        """The page as one gzip member."""
        body = self.body(values)
        woven = [_GZIP_HEAD, self.packed[0]]
        for value, piece in zip(values, self.packed[1:], strict=True):
            woven += (_stored(value), piece)
        return b"".join((*woven, _GZIP_END, struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)))


def page(html: str) -> Page:
    """A rendered page whose holes are marked."""
    parts = _MARK.split(html)
    pieces = tuple(part.encode() for part in parts[::2])
    return Page(pieces, tuple(map(_deflated, pieces)), "".join(parts[1::2]))
