"""The blueprint of products, and what its pages share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Redirect

from market.catalogue import queries, queries_permits
from market.catalogue.forms import PERMITS
from market.core.i18n import _

bp = Blueprint("catalogue", __name__)

Answer = str | Redirect | Response | tuple[str, int]


@dataclass(frozen=True)
class Number:
    """A checked permit as buyers read it."""

    kind: str
    name: str
    shown: str


def permits_in_words(permits: Iterable[Any]) -> list[Number]:
    """Checked permits (kind, number, example) in words; a made-up one says so."""
    found = []
    for permit in permits:
        example = f" ({_('nomor contoh')})" if permit.example else ""
        shown = _("%(number)s, diperiksa koperasi", number=permit.number + example)
        found.append(Number(permit.kind, str(PERMITS[permit.kind]), shown))
    return found


def permits_of_product(product_id: int) -> list[Number]:
    """The checked permits of a product in words."""
    return permits_in_words(queries_permits.public_numbers(product_id))


bp.add_app_template_global(permits_in_words, "permits_in_words")
bp.add_app_template_global(permits_of_product, "permits_of_product")
bp.add_app_template_global(queries.variants_of, "choices_of_product")
