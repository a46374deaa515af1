"""What a person sees of the simulation: find a payment, pay it, decline it, watch the notices.

Plain pages without scripts. Every one says in its first line that nothing here is real.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from market.core.i18n import _, format_datetime
from market.core.money import format_rp
from market.payments import qris
from market.payments.simulator import acts, outbox, snap
from market.payments.simulator.charges import Refuse
from market.payments.simulator.records import Transaction
from market.payments.simulator.world import World, name_of

STYLE = Markup(
    "body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#fbfaf6;color:#1e2420;"
    "overflow-wrap:anywhere}"
    "header{background:#5b2a86;color:#fff;padding:12px 16px;font-weight:700}"
    "header small{display:block;font-weight:400}main{max-width:640px;margin:0 auto;padding:16px}"
    "nav a{display:inline-block;margin:0 12px 8px 0;padding:12px 0}a{color:#5b2a86}"
    "h1{font-size:22px;margin:8px 0 16px}h2{font-size:18px}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px}dt{color:#5c635d}dd{margin:0}"
    "label{display:block;font-weight:600;margin:12px 0 4px}"
    "input,textarea,select{font:inherit;width:100%;box-sizing:border-box;padding:12px;"
    "border:1px solid #8b918c;border-radius:10px;background:#fff}"
    "button{font:inherit;font-weight:700;min-height:48px;width:100%;margin-top:12px;padding:8px 20px;"
    "border:0;border-radius:10px;background:#5b2a86;color:#fff}"
    "button.no{background:#fff;color:#1e2420;border:1px solid #8b918c}"
    ".amount{font-size:28px;font-weight:700}.note{padding:12px 16px;border-radius:10px;background:#efe6f7}"
    ".card{display:block;padding:12px 16px;margin:0 0 8px;border:1px solid #d9d5c8;border-radius:10px;"
    "background:#fff;text-decoration:none;color:inherit}"
    "details{margin-top:24px}summary{padding:12px 0}"
)
ACTS = ("pay", "decline", "pay_late", "deny", "reverse", "expire", "dispute")


def layout(title: str, *parts: Markup, status: int = 200) -> Response:
    html = Markup(
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{title} · SIMULASI</title><style>{style}</style></head><body><header>{banner}"
        "<small>{small}</small></header><main><nav>{nav}</nav><h1>{title}</h1>{parts}</main></body></html>"
    ).format(
        title=title,
        style=STYLE,
        banner=_("SIMULASI: bukan pembayaran sungguhan"),
        small=_("Tidak ada uang yang berpindah. Halaman ini meniru aplikasi bank dan dompet."),
        nav=Markup("").join(_nav()),
        parts=Markup("").join(parts),
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return Response(str(html), status=status, content_type="text/html; charset=utf-8", headers=headers)


def _nav() -> Iterable[Markup]:
    for href, text in (
        ("/sim/", _("Bayar")),
        ("/sim/withdrawals", _("Pencairan")),
        ("/sim/notifications", _("Pemberitahuan")),
    ):
        yield Markup('<a href="{}">{}</a>').format(href, text)


def home(world: World, request: Request, message: str = "") -> Response:
    """Find a payment by what one would scan or type; below, what waits."""
    waiting = [made for made in world.transactions.values() if made.status == "pending"]
    note = Markup('<p class="note" role="alert">{}</p>').format(message) if message else Markup("")
    form = Markup(
        '<form method="post" action="/sim/find"><label for="code">{label}</label>'
        '<textarea id="code" name="code" rows="4" required>{value}</textarea>'
        "<button>{submit}</button></form>"
    ).format(
        label=_("Tempel isi QR, alamat gambar QR, nomor akun virtual, atau kode bayar"),
        value=request.values.get("code", ""),
        submit=_("Cari pembayaran"),
    )
    cards = [_card(made) for made in reversed(waiting[-30:])]
    listed = Markup("").join(cards) if cards else Markup("<p>{}</p>").format(_("Belum ada yang menunggu."))
    heading = Markup("<h2>{}</h2>").format(_("Menunggu dibayar"))
    return layout(_("Bayar dengan apa?"), note, form, heading, listed, status=404 if message else 200)


def _card(made: Transaction) -> Markup:
    return Markup('<a class="card" href="/sim/tx/{id}"><b>{rp}</b> · {name}<br>{order}</a>').format(
        id=made.id, rp=format_rp(made.gross_rp), name=name_of(made), order=made.order_id
    )


def find(world: World, request: Request) -> Response:
    """From what was pasted to the payment; a damaged QR is told apart from an unknown one.

    The shop's page of a demo leads here by the order's number.
    """
    code = request.values.get("code", "").strip()
    found = _by_code(world, code)
    if found is not None:
        return Response("", 303, {"Location": f"/sim/tx/{found.id}"})
    if code.startswith("0002"):
        try:
            qris.parse(code)
        except qris.BadQr:
            return home(world, request, _("Isi QR rusak atau tidak lengkap. Salin sekali lagi seluruhnya."))
    return home(world, request, _("Tidak ada pembayaran dengan kode itu. Periksa lagi kodenya."))


def _by_code(world: World, code: str) -> Transaction | None:
    """QR text, a QR picture's address, a VA number, bill key or payment code, an order id."""
    bare = code.replace(" ", "")
    for made in reversed(world.transactions.values()):
        shown, first = made.shown, made.first
        numbers = [row["va_number"] for row in shown.get("va_numbers", [])]
        numbers += [shown.get(name) for name in ("permata_va_number", "bill_key", "payment_code")]
        urls = [action["url"] for action in first.get("actions", [])]
        texts = (made.order_id, made.id, first.get("qr_string"))
        if bare in numbers or code in urls or (code and code in texts):
            return made
    return None


def show(world: World, transaction_id: str, message: str = "", status: int = 200) -> Response:
    """One payment: who asks for how much, and the buttons that its state allows."""
    made = world.transactions.get(transaction_id)
    if made is None:
        return layout(_("Tidak ada"), Markup("<p>{}</p>").format(_("Pembayaran ini tidak ada.")), status=404)
    merchant = world.merchant(made.merchant_id)
    rows = {
        _("Kepada"): merchant.name,
        _("Dengan"): name_of(made),
        _("Nomor"): made.order_id,
        _("Keadaan"): _word(made.status),
        _("Berlaku sampai"): when(made.expires_at),
    }
    parts = [
        Markup('<p class="note" role="status">{}</p>').format(message) if message else Markup(""),
        Markup('<p class="amount">{}</p>').format(format_rp(made.gross_rp)),
        _pairs(rows),
        _buttons(world, made),
    ]
    return layout(_("Pembayaran"), *parts, status=status)


def _pairs(rows: Mapping[str, str]) -> Markup:
    body = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in rows.items()
    )
    return Markup("<dl>{}</dl>").format(body)


def when(at: int) -> str:
    return format_datetime(dt.datetime.fromtimestamp(at, dt.UTC))


def _word(status: str) -> str:
    words = {
        "pending": _("menunggu dibayar"),
        "settlement": _("sudah dibayar"),
        "expire": _("kedaluwarsa"),
        "cancel": _("dibatalkan toko"),
        "deny": _("ditolak bank"),
        "refund": _("uang dikembalikan"),
        "partial_refund": _("sebagian uang dikembalikan"),
        "chargeback": _("disanggah pemilik rekening"),
        "partial_chargeback": _("sebagian disanggah pemilik rekening"),
    }
    return words.get(status, status)


def _buttons(world: World, made: Transaction) -> Markup:
    """Pay and decline first; what goes wrong in real life stands folded below."""
    parts = []
    if made.status == "pending":
        parts.append(_pay_form(made))
        parts.append(_button(made, "decline", _("Tolak"), plain=True))
    rare = {
        "pending": (("deny", _("Bank menolak")), ("expire", _("Biarkan kedaluwarsa sekarang"))),
        "settlement": (("reverse", _("Bank menarik kembali")), ("dispute", _("Pemilik rekening menyanggah"))),
        "expire": (("pay_late", _("Uang tetap masuk terlambat")),),
        "cancel": (("pay_late", _("Uang tetap masuk terlambat")),),
    }.get(made.status, ())
    if rare:
        inner = Markup("").join(_button(made, act, text, plain=True) for act, text in rare)
        parts.append(
            Markup("<details><summary>{}</summary>{}</details>").format(_("Keadaan yang jarang"), inner)
        )
    return Markup("").join(parts)


def _pay_form(made: Transaction) -> Markup:
    choice = Markup("")
    if made.payment_type == "qris":
        options = Markup("").join(
            Markup('<option value="{}">{}</option>').format(value, text)
            for value, text in (("gopay", "GoPay"), ("dana", "DANA"), ("bca", "BCA"), ("bri", "BRImo"))
        )
        choice = Markup('<label for="issuer">{}</label><select id="issuer" name="issuer">{}</select>').format(
            _("Bayar dari"), options
        )
    return Markup('<form method="post" action="/sim/tx/{}/pay">{}<button>{}</button></form>').format(
        made.id, choice, _("Bayar %(amount)s", amount=format_rp(made.gross_rp))
    )


def _button(made: Transaction, act: str, text: str, *, plain: bool = False) -> Markup:
    return Markup('<form method="post" action="/sim/tx/{}/{}"><button class="{}">{}</button></form>').format(
        made.id, act, "no" if plain else "", text
    )


def do(world: World, request: Request, transaction_id: str, act: str) -> Response:
    """One button. Declining changes nothing at the provider, as in life: the payment waits on."""
    made = world.transactions.get(transaction_id)
    if made is None or act not in ACTS:
        return show(world, transaction_id)
    try:
        _act(world, request, made, act)
    except Refuse:
        return show(world, made.id, _("Itu tidak bisa lagi: keadaannya sudah berubah."), 409)
    said = {
        "pay": _("Pembayaran berhasil. Toko diberi tahu."),
        "decline": _("Anda menolak. Toko tidak diberi tahu; pembayaran tetap menunggu."),
    }
    return show(world, made.id, said.get(act, _("Sudah. Toko diberi tahu.")))


def _act(world: World, request: Request, made: Transaction, act: str) -> None:
    if act == "pay":
        acts.pay(world, made, request.form.get("issuer", "gopay")[:20])
    elif act == "pay_late":
        acts.pay(world, made, forced=True)
    elif act == "deny":
        acts.move(world, made, "deny")
    elif act == "reverse":
        acts.reverse(world, made)
    elif act == "expire":
        acts.expire(world, made)
    elif act == "dispute":
        acts.dispute(world, made)


def notifications(world: World) -> Response:
    """The notices with what was answered, newest first, each with a button to send it again."""
    rows = []
    for row in reversed(world.notices[-50:]):
        answers = ", ".join(str(code) if code else _("tidak dijawab") for _at, code in row.attempts)
        rows.append(
            Markup(
                '<div class="card">{when} · {url}<br>{told}'
                '<form method="post" action="/sim/notifications/{id}"><button class="no">{again}</button>'
                "</form></div>"
            ).format(
                when=when(row.created_at),
                url=row.url,
                told=_("Dijawab: %(answers)s", answers=answers) if answers else _("Belum dikirim"),
                id=row.id,
                again=_("Kirim lagi"),
            )
        )
    empty = Markup("<p>{}</p>").format(_("Belum ada pemberitahuan."))
    return layout(_("Pemberitahuan ke toko"), *(rows or [empty]))


def resend(world: World, notice_id: int) -> Response:
    try:
        outbox.resend(world, notice_id)
    except LookupError:
        return notifications(world)
    return Response("", 303, {"Location": "/sim/notifications"})


def snap_page(world: World, token: str) -> Response:
    """The hosted page: choose how to pay."""
    if token not in world.snaps:
        return layout(_("Tidak ada"), Markup("<p>{}</p>").format(_("Pembayaran ini tidak ada.")), status=404)
    names = {"qris": "QRIS", "bca": "BCA", "bri": "BRI", "mandiri": "Mandiri", "alfamart": "Alfamart"}
    forms = [
        Markup(
            '<form method="post" action="/snap/v4/redirection/{}">'
            '<button class="no" name="choice" value="{}">{}</button></form>'
        ).format(token, choice, names[choice])
        for choice in snap.CHOICES
    ]
    return layout(_("Pilih cara membayar"), *forms)


def snap_choose(world: World, token: str, choice: str) -> Response:
    try:
        made = snap.choose(world, token, choice)
    except Refuse:
        return snap_page(world, token)
    return Response("", 303, {"Location": f"/sim/tx/{made.id}"})
