"""The blueprint of needs, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Redirect

from market.core import money

bp = Blueprint("needs", __name__)
bp.context_processor(lambda: {"number": money.group})

Answer = str | Redirect | Response | tuple[str, int]

FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def download(data: bytes, name: str, mimetype: str) -> Response:
    """A file to keep."""
    return Response(
        data, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
