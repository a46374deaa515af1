"""What is written on a PDF, by a reader that has never met the renderer."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode


def pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order in which it was written."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return [_written(zlib.decompress(a85decode(b"<~" + body.strip(), adobe=True))) for body in streams]


def links(pdf: bytes) -> list[str]:
    """Addresses that the document leads to."""
    return [found.decode() for found in re.findall(rb"/URI \((.*?)\)", pdf)]


def _written(content: bytes) -> str:
    parts = re.findall(rb"\((.*?)(?<!\\)\)\s*Tj", content, re.DOTALL)
    text = b" ".join(parts).replace(rb"\(", b"(").replace(rb"\)", b")")
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), text).decode("cp1252")
