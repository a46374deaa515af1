"""Stock between cooperatives at /antarkoperasi: what lies still, what neighbours offer, what runs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core import clock, money, quantity
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import LazyText, _, format_number
from market.core.permissions import Actor, Permission
from market.stock import queries as stock
from market.transfers import forms, queries, services
from market.transfers.models import StockTransfer
from market.web.access import current_actor, requires
from market.web.forms import Choices

bp = Blueprint("transfers", __name__, url_prefix="/antarkoperasi")

Answer = str | Response | tuple[str, int]


def far(distance_m: int) -> str:
    """ "1,2 km", or nothing where a place has no coordinates."""
    if distance_m >= queries.FAR_M:
        return _("jarak belum diketahui")
    return _("%(n)s km", n=format_number(distance_m / 1000, 1))


def packs_of(lot: StockTransfer, packs: int) -> str:
    """ "20 sak (500 kg)"."""
    pack = lot.pack
    return quantity.format_packs(packs, pack.size_base, pack.commodity.base_unit, pack.unit_word)


bp.context_processor(lambda: {"number": money.group, "far": far, "packs_of": packs_of})


def _cooperative() -> Actor:
    actor = current_actor()
    if actor.organization_kind != "cooperative":
        raise NotFound(_("Halaman ini untuk koperasi."))
    return actor


def _choices(words: dict[str, LazyText]) -> Choices:
    return [(value, str(word)) for value, word in words.items()]


@bp.get("/")
@requires(Permission.STOCK_VIEW)
def index() -> str:
    """What lies still, what the neighbours offer, what is on its way, what is done."""
    actor = _cooperative()
    organization_id = actor.organization_id or 0
    slow = [(row, services.hindrance(row.item)) for row in queries.slow_stock(organization_id)]
    running, done = queries.lots_of(organization_id), queries.lots_of(organization_id, done=True, limit=20)
    return render_template(
        "transfers/index.html",
        slow=slow,
        days=queries.SLOW_DAYS.value(organization_id=organization_id),
        nearby=queries.offers_nearby(actor),
        running=running,
        done=done,
        names=queries.names_of([*running, *done]),
        ours=organization_id,
    )


# --- offering --------------------------------------------------------------------------------------


@bp.get("/barang/<int:item_id>")
@requires(Permission.STOCK_OFFER)
def new(item_id: int) -> Answer:
    """Another number of packs or a lower price than the one button offers."""
    row = _slow(item_id)
    form = forms.OfferForm.load({"packs": row.packs, "price_rp": row.cost_rp})
    return render_template("transfers/new.html", row=row, form=form)


def _slow(item_id: int) -> queries.Slow:
    item = stock.item_for(_cooperative(), item_id)
    found = [row for row in queries.slow_stock(item.organization_id) if row.item.id == item.id]
    if not found:
        raise Refused(_("Barang ini masih bergerak."))
    return found[0]


@bp.post("/barang/<int:item_id>")
@requires(Permission.STOCK_OFFER)
def create(item_id: int) -> Answer:
    """Offer it to the neighbours."""
    row, form = _slow(item_id), forms.OfferForm.load()
    if form.validate():
        with form.guard():
            lot = services.offer_stock(_cooperative(), item_id, **form.values())
            flash(_("Sudah ditawarkan. Tetangga yang membutuhkan diberi tahu, yang terdekat didahulukan."))
            return _to(lot.id)
    return render_template("transfers/new.html", row=row, form=form), 422


def _to(transfer_id: int) -> Response:
    return redirect(url_for("transfers.show", transfer_id=transfer_id), 303)


# --- one lot ---------------------------------------------------------------------------------------


@bp.get("/<int:transfer_id>")
@requires(Permission.STOCK_VIEW)
def show(transfer_id: int) -> Answer:
    """Where a lot stands and what this person may do with it."""
    return _page(transfer_id)


def _page(transfer_id: int, status: int = 200, **sent: Any) -> Answer:
    actor = _cooperative()
    lot = queries.transfer_for(actor, transfer_id)
    giving = lot.organization_id == actor.organization_id
    near = queries.nearby(actor, lot) if lot.state == "offered" and not giving else None
    page = render_template(
        "transfers/show.html",
        lot=lot,
        names=queries.names_of([lot]),
        giving=giving,
        near=near,
        open_to_all=lot.near_until <= clock.now(),
        wishes=[wish for wish in queries.wishes(lot) if wish.packs] if giving and near is None else [],
        payment=queries.payment_of(lot.id),
        changes=history_of(lot),
        shortage=str(forms.SHORTAGES.get(lot.shortage, "")),
        **{**_forms(lot, near), **sent},
    )
    return page, status


def _forms(lot: StockTransfer, near: queries.Nearby | None) -> dict[str, Any]:
    most = (near.kept or near.wanted) if near else 0
    return {
        "taking": forms.TakingForm.load({"packs": min(lot.packs, most)}),
        "arrival": _arrival({"packs": lot.packs}),
        "clearing": forms.ClearingForm.load({"returned_packs": lot.missing_packs}),
        "reason": forms.ReasonForm.load(),
        "paying": forms.PaymentForm.load(account=_choices(forms.ACCOUNTS)),
        "found": forms.MoneyForm.load(account=_choices(forms.ACCOUNTS)),
    }


def _arrival(data: dict[str, Any] | None = None) -> forms.ArrivalForm:
    return forms.ArrivalForm.load(data, shortage=[("", "–"), *_choices(forms.SHORTAGES)])


@bp.post("/<int:transfer_id>/pengambilan")
@requires(Permission.NEEDS_APPROVE)
def create_acceptance(transfer_id: int) -> Answer:
    """Take it for the own need."""
    form = forms.TakingForm.load()
    if form.validate():
        with form.guard():
            services.accept_stock(_cooperative(), transfer_id, int(form.packs.data))
            flash(_("Barang untuk Anda. Tetangga diminta mengirim; bayar setelah barang tiba."))
            return _to(transfer_id)
    return _page(transfer_id, 422, taking=form)


@bp.post("/<int:transfer_id>/kiriman")
@requires(Permission.STOCK_MOVE)
def create_dispatch(transfer_id: int) -> Response:
    """The goods have left."""
    services.send_stock(_cooperative(), transfer_id)
    flash(_("Tercatat dikirim. Stok dan buku sudah berubah."))
    return _to(transfer_id)


@bp.post("/<int:transfer_id>/penerimaan")
@requires(Permission.GOODS_RECEIVE)
def create_receipt(transfer_id: int) -> Answer:
    """Count at the door."""
    form = _arrival()
    if form.validate():
        with form.guard():
            typed = form.values()
            services.receive_stock(
                _cooperative(), transfer_id, typed["packs"], typed["shortage"] or "", typed["note"] or ""
            )
            flash(_("Penerimaan tersimpan. Stok dan buku kedua koperasi sudah berubah."))
            return _to(transfer_id)
    return _page(transfer_id, 422, arrival=form)


@bp.post("/<int:transfer_id>/sisa")
@requires(Permission.STOCK_MOVE)
def create_clearing(transfer_id: int) -> Answer:
    """What did not arrive came back, or is lost."""
    form = forms.ClearingForm.load()
    if form.validate():
        with form.guard():
            services.clear_rest(_cooperative(), transfer_id, int(form.returned_packs.data))
            flash(_("Tercatat. Tidak ada barang yang masih di jalan."))
            return _to(transfer_id)
    return _page(transfer_id, 422, clearing=form)


@bp.post("/<int:transfer_id>/penarikan")
@requires(Permission.STOCK_OFFER)
def create_withdrawal(transfer_id: int) -> Answer:
    """Take it back before it is sent."""
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.withdraw_stock(_cooperative(), transfer_id, str(form.reason.data))
            flash(_("Ditarik. Barang bebas lagi, kebutuhan kembali dicarikan."))
            return redirect(url_for("transfers.index"), 303)
    return _page(transfer_id, 422, reason=form)


@bp.get("/pembayaran/<int:payment_id>")
@requires(Permission.STOCK_VIEW)
def show_payment(payment_id: int) -> Response:
    """Where a payment is told: the page of its lot."""
    return _to(queries.payment_for(_cooperative(), payment_id).transfer_id)


# --- money -----------------------------------------------------------------------------------------


@bp.post("/<int:transfer_id>/pembayaran")
@requires(Permission.PAYMENT_PROPOSE)
def create_payment(transfer_id: int) -> Answer:
    """Ask a second person to pay the neighbour."""
    form = forms.PaymentForm.load(account=_choices(forms.ACCOUNTS))
    if form.validate():
        with form.guard():
            typed = form.values()
            services.propose_payment(_cooperative(), transfer_id, typed["account"], typed["reference"] or "")
            flash(_("Pembayaran diusulkan. Orang kedua akan memutuskan."))
            return _to(transfer_id)
    return _page(transfer_id, 422, paying=form)


@bp.post("/pembayaran/<int:payment_id>/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_approval(payment_id: int) -> Answer:
    """The second person says yes."""
    payment = services.decide_payment(_cooperative(), payment_id, approve=True)
    flash(_("Dibayar dan dibukukan. Tetangga diberi tahu."))
    return _to(payment.transfer_id)


@bp.post("/pembayaran/<int:payment_id>/penolakan")
@requires(Permission.PAYMENT_APPROVE)
def create_rejection(payment_id: int) -> Answer:
    """The second person says no, with a reason."""
    transfer_id = queries.payment_for(_cooperative(), payment_id).transfer_id
    form = forms.ReasonForm.load()
    if form.validate():
        with form.guard():
            services.decide_payment(_cooperative(), payment_id, False, str(form.reason.data))
            flash(_("Pembayaran ditolak. Tidak ada uang yang keluar."))
            return _to(transfer_id)
    return _page(transfer_id, 422, reason=form)


@bp.post("/pembayaran/<int:payment_id>/uang-masuk")
@requires(Permission.PAYMENT_PROPOSE)
def create_confirmation(payment_id: int) -> Answer:
    """The giver found the money."""
    transfer_id = queries.payment_for(_cooperative(), payment_id).transfer_id
    form = forms.MoneyForm.load(account=_choices(forms.ACCOUNTS))
    if form.validate():
        with form.guard():
            services.confirm_money(_cooperative(), payment_id, form.account.data)
            flash(_("Uang tercatat masuk. Piutang lunas."))
            return _to(transfer_id)
    return _page(transfer_id, 422, found=form)
