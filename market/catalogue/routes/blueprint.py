"""The blueprint of products, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Redirect

bp = Blueprint("catalogue", __name__)

Answer = str | Redirect | Response | tuple[str, int]
