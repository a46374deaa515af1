"""What a merchant does at its provider: send the balance to the bank, download the settlement report."""

from __future__ import annotations

from markupsafe import Markup
from werkzeug.wrappers import Response

from market.core.i18n import _
from market.core.money import format_rp
from market.payments.simulator import books
from market.payments.simulator.charges import Refuse
from market.payments.simulator.pages import layout, when
from market.payments.simulator.settings import Merchant
from market.payments.simulator.world import World


def answer(world: World, act: str, merchant_id: str = "") -> Response:
    """The page, the button, or the file of a merchant."""
    known = any(merchant.merchant_id == merchant_id for merchant in world.settings.merchants)
    if act == "home":
        return home(world)
    if not known:
        return layout(_("Tidak ada"), Markup("<p>{}</p>").format(_("Pedagang ini tidak ada.")), status=404)
    if act == "report":
        headers = {"Content-Disposition": f"attachment; filename=laporan-{merchant_id}.csv"}
        return Response(books.report(world, merchant_id), headers=headers, content_type="text/csv")
    try:
        row = books.withdraw(world, merchant_id)
    except Refuse:
        return home(world, _("Saldonya belum cukup untuk dicairkan."), 409)
    said = _("%(rp)s dikirim ke bank, nomor %(number)s.", rp=format_rp(row.net_rp), number=row.number)
    return home(world, said)


def home(world: World, message: str = "", status: int = 200) -> Response:
    """Each merchant with money: its balance, the two things one can do."""
    note = Markup('<p class="note" role="status">{}</p>').format(message) if message else Markup("")
    cards = [_merchant(world, each) for each in world.settings.merchants if _lived(world, each)]
    listed = Markup("").join(cards) if cards else Markup("<p>{}</p>").format(_("Belum ada uang masuk."))
    return layout(_("Pencairan ke bank"), note, listed, status=status)


def _lived(world: World, merchant: Merchant) -> bool:
    return bool(books.moves(world, merchant.merchant_id))


def _merchant(world: World, merchant: Merchant) -> Markup:
    sent = [row for row in world.withdrawals.values() if row.merchant_id == merchant.merchant_id]
    rows = Markup("").join(
        Markup("<li>{} · {} · {}</li>").format(row.number, format_rp(row.net_rp), when(row.at))
        for row in reversed(sent[-10:])
    )
    return Markup(
        '<section class="card"><h2>{name}</h2><p class="amount">{rp}</p>'
        '<form method="post" action="/sim/withdrawals/{id}"><button>{button}</button></form>'
        '<p><a href="/sim/report/{id}.csv">{report}</a></p><ul>{rows}</ul></section>'
    ).format(
        name=merchant.name,
        rp=format_rp(books.balance_rp(world, merchant.merchant_id)),
        id=merchant.merchant_id,
        button=_("Cairkan ke bank"),
        report=_("Unduh laporan (CSV)"),
        rows=rows,
    )
