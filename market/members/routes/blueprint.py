"""What every page of the register shares."""

from __future__ import annotations

from flask import Blueprint, make_response
from werkzeug.wrappers import Response

bp = Blueprint("members", __name__)

Answer = str | Response | tuple[str, int]

FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def download(data: bytes, name: str, kind: str) -> Response:
    """A file for the reader to keep, and for no cache."""
    response = make_response(data)
    response.headers["Content-Type"] = FILES[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
