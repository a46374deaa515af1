"""The blueprint of retail, and what its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("retail", __name__)

Answer = str | Response | tuple[str, int]


def grouped(code: str) -> str:
    """A pickup code as people read it aloud: "481 516"."""
    return f"{code[:3]} {code[3:]}"


bp.add_app_template_global(grouped, "grouped_code")
