"""The blueprint of payments, and the words that its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from market.core.i18n import lazy
from market.payments.types import Method

bp = Blueprint("payments", __name__)

Answer = str | Response | tuple[str, int]

METHODS = {
    Method.QRIS: lazy("QRIS (semua bank dan dompet)"),
    Method.GOPAY: lazy("GoPay"),
    Method.VA_BCA: lazy("Transfer BCA"),
    Method.VA_BNI: lazy("Transfer BNI"),
    Method.VA_BRI: lazy("Transfer BRI"),
    Method.VA_PERMATA: lazy("Transfer Permata"),
    Method.VA_CIMB: lazy("Transfer CIMB Niaga"),
    Method.BILL_MANDIRI: lazy("Mandiri Bill"),
    Method.OTC_INDOMARET: lazy("Bayar di Indomaret"),
    Method.OTC_ALFAMART: lazy("Bayar di Alfamart"),
}


def method_name(method: str) -> str:
    """A way to pay in words."""
    return str(METHODS[Method(method)])


bp.add_app_template_global(method_name, "method_name")
