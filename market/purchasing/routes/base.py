"""The blueprint, and what its pages share: who stands on the other side, sheets and papers to take away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from market.commodities import queries as commodities
from market.core import messages, money, quantity, sheets
from market.core.errors import Refused
from market.core.i18n import _, format_number, lazy, ngettext
from market.core.permissions import Actor
from market.identity import queries as identity
from market.identity.models import Organization
from market.ledger import chart
from market.ledger import queries as books
from market.purchasing import queries, services
from market.purchasing.forms import OUTCOMES, REASONS
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierPayment
from market.web.access import current_actor
from market.web.forms import Choices

bp = Blueprint("purchasing", __name__)

Answer = str | Response | tuple[str, int]

TERMS = {
    "cod": lazy("Bayar di tempat"),
    "prepaid": lazy("Bayar di muka"),
    "tempo": lazy("Tempo"),
}
CLAIM_STATES = {
    "replaced": lazy("Sudah diganti"),
    "cancelled_rest": lazy("Sisa dibatalkan"),
    "dropped": lazy("Dilepas"),
}
ACCOUNTS = {
    chart.CASH: lazy("Kas"),
    chart.BANK: lazy("Bank"),
    SupplierPayment.ONLINE: lazy("Bank, lewat QRIS atau rekening virtual"),
}
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


def download(data: bytes, name: str, kind: str) -> Response:
    """A file to take away; `name` is ours, never typed."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(data, headers=headers, content_type=KINDS[kind])


def sheet(
    name: str, title: str, kind: str, headers: Sequence[str], rows: Iterable[Sequence[sheets.Cell]]
) -> Response:
    """Rows as XLSX or CSV."""
    data = sheets.write_csv(headers, rows) if kind == "csv" else sheets.write_xlsx(title, headers, rows)
    return download(data, name, kind)


def is_buyer(actor: Actor, order: PurchaseOrder) -> bool:
    """Whether the actor's organization buys (otherwise it sells)."""
    return order.organization_id == actor.organization_id


def sides(order: PurchaseOrder) -> tuple[Organization, Organization]:
    """Buyer and supplier."""
    return identity.organization(order.organization_id), identity.organization(order.supplier_id)


def wa_href(organization: Organization, text: str) -> str | None:
    """An address that opens WhatsApp to the organization; None without a usable number."""
    if not organization.phone:
        return None
    try:
        return messages.wa_link(organization.phone, text)
    except Refused:
        return None


def unit_of(line: PurchaseOrderLine) -> str:
    """What one pack of the line is called; a cost per trip is counted in nothing."""
    return commodities.pack(line.pack_id).unit_word if line.pack_id else ""


def amount_of(line: PurchaseOrderLine, packs: int) -> str:
    """ "40 sak (1.000 kg)"; freight and trips by their count alone."""
    if line.kind != "goods" or line.pack_id is None:
        return money.group(packs)
    pack = commodities.pack(line.pack_id)
    return quantity.format_packs(packs, pack.size_base, pack.commodity.base_unit, pack.unit_word)


def kilos(weight_g: int) -> str:
    """24.750 g as "24,75 kg"."""
    return f"{format_number(weight_g / 1000, 2)} kg"


def weighed(verdict: services.Verdict) -> str:
    """The verdict on a weighed sample, with its figures."""
    figures = {
        "n": verdict.weighed,
        "least": kilos(verdict.lightest_g),
        "mean": kilos(verdict.average_g),
        "limit": kilos(verdict.limit_g),
        "light": verdict.light_packs,
    }
    if verdict.within:
        return _(
            "Timbangan sesuai: %(n)s ditimbang, terendah %(least)s, rata-rata %(mean)s, batas %(limit)s.",
            **figures,
        )
    return _(
        "Timbangan kurang: %(light)s dari %(n)s di bawah batas %(limit)s, terendah %(least)s.", **figures
    )


def verdicts_of(receipt_id: int) -> dict[int, services.Verdict]:
    """Receipt line -> what its weighed sample says."""
    return {
        row.id: services.judge(row.limit_g, row.weights_g)
        for row, _line in queries.receipt_lines(receipt_id)
        if row.limit_g is not None and row.weights_g
    }


def balances() -> dict[str, int]:
    """What cash and bank of the actor's organization hold."""
    organization_id = current_actor().organization_id or 0
    return {code: books.balance_rp(organization_id, code) for code in services.PAYING_ACCOUNTS}


def account_choices() -> Choices:
    """Cash and bank with what they hold."""
    return [(code, f"{ACCOUNTS[code]} ({money.format_rp(rp)})") for code, rp in balances().items()]


@bp.context_processor
def _shared() -> dict[str, Any]:
    return {
        "terms_of": terms_of,
        "reason_word": lambda reason: str(REASONS.get(reason, reason)),
        "outcome_word": lambda state: str(CLAIM_STATES.get(state, OUTCOMES.get(state, state))),
        "account_word": lambda code: str(ACCOUNTS.get(code, code)),
        "amount_of": amount_of,
        "unit_of": unit_of,
        "group": money.group,
        "weighed": weighed,
        "kilos": kilos,
    }


def terms_of(order: PurchaseOrder) -> str:
    """How the order is paid, in people's words."""
    if order.terms == "tempo":
        return ngettext("Tempo %(n)s hari", "Tempo %(n)s hari", order.credit_days or 0)
    return str(TERMS[order.terms])
