"""Photos that only some may see: documents, complaints, proofs, signatures."""

from __future__ import annotations

from flask import Response

from market.core import files
from market.core.errors import NotFound
from market.core.i18n import _


def private_photo(name: str | None, side: int) -> Response:
    """A photo that was stored as private, `side` pixels long; who may see it is the route's to ask.

    Kept by no cache but the browser's own memory. Raises NotFound without one.
    """
    if not name:
        raise NotFound(_("Foto tidak ditemukan."))
    response = Response(files.open_photo(name, side, private=True), mimetype=files.CONTENT_TYPE)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
