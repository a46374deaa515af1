"""The simulation alive: addresses, the loop that lets time pass, the server on loopback."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from market.core import i18n
from market.core.loopback import is_loopback
from market.payments.simulator import api, control, outbox, pages, pages_money, snap
from market.payments.simulator.passing import pass_time
from market.payments.simulator.settings import Settings
from market.payments.simulator.world import Clock, Deliver, World

log = logging.getLogger(__name__)

LISTEN_QUEUE = 128
REST_S = 1.0
"""The longest wait between two looks at the clock."""

ADDRESSES = Map(
    [
        Rule("/v2/charge", endpoint="api.charge", methods=["POST"]),
        Rule("/v2/capture", endpoint="api.capture", methods=["POST"]),
        Rule("/v2/<order_id>/status", endpoint="api.status", methods=["GET"]),
        Rule("/v2/<order_id>/status/b2b", endpoint="api.status_b2b", methods=["GET"]),
        *(
            Rule(f"/v2/<order_id>/{name}", endpoint=f"api.{name}", methods=["POST"])
            for name in ("cancel", "expire", "approve", "deny", "refund")
        ),
        Rule("/v2/<order_id>/refund/online/direct", endpoint="api.refund", methods=["POST"]),
        Rule("/v1/balance/mutation", endpoint="api.mutation", methods=["GET"]),
        Rule("/snap/v1/transactions", endpoint="api.snap", methods=["POST"]),
        Rule("/snap/v1/transactions/<token>/cancel", endpoint="snap.cancel", methods=["POST"]),
        Rule("/snap/v4/redirection/<token>", endpoint="snap.page", methods=["GET", "POST"]),
        *(
            Rule(f"/{version}/{kind}/<transaction_id>/qr-code", endpoint="qr.png", methods=["GET"])
            for version in ("v2", "v4")
            for kind in ("qris", "gopay")
        ),
        Rule("/iris/api/v1/<path:path>", endpoint="payouts", methods=["GET", "POST"]),
        Rule("/sim/", endpoint="pages.home", methods=["GET"]),
        *(
            Rule(f"/sim/{name}", endpoint="pages.home", methods=["GET"])
            for name in ("qris", "va", "otc", "gopay")
        ),
        Rule("/sim/find", endpoint="pages.find", methods=["GET", "POST"]),
        Rule("/sim/tx/<transaction_id>", endpoint="pages.show", methods=["GET"]),
        Rule("/sim/tx/<transaction_id>/<act>", endpoint="pages.do", methods=["POST"]),
        Rule("/sim/withdrawals", endpoint="money.home", methods=["GET"]),
        Rule("/sim/withdrawals/<merchant_id>", endpoint="money.withdraw", methods=["POST"]),
        Rule("/sim/report/<merchant_id>.csv", endpoint="money.report", methods=["GET"]),
        Rule("/sim/notifications", endpoint="pages.notifications", methods=["GET"]),
        Rule("/sim/notifications/<int:notice_id>", endpoint="pages.resend", methods=["POST"]),
        Rule("/__sim__/<path:path>", endpoint="control", methods=["POST"]),
    ],
    strict_slashes=False,
    redirect_defaults=False,
)


class Simulator:
    """The WSGI application."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        with i18n.use_locale("id"):
            return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if not is_loopback(f"http://{request.host}") or not _same_site(request):
            return api.json_response(403, {"status_message": "the simulation serves this machine alone"})
        try:
            return self._route(request, ADDRESSES.bind_to_environ(request.environ))
        except HTTPException as error:
            code = error.code or 500
            body = {"status_code": str(code), "status_message": error.name}
            return api.json_response(code, body)

    def _route(self, request: Request, adapter: MapAdapter) -> Response:
        endpoint, given = adapter.match()
        group, _dot, name = str(endpoint).partition(".")
        if group == "api":
            call = api.Call(self.world, request, name, given.get("order_id", ""))
            return call.answer(api.ENDPOINTS[name])
        if group == "payouts":
            return api.payout_call(self.world, request, given["path"])
        if group == "control":
            return control.call(self.world, request, given["path"])
        with self.world.lock:
            return self._page(request, f"{group}.{name}", given)

    def _page(self, request: Request, endpoint: str, given: Mapping[str, Any]) -> Response:
        world = self.world
        if endpoint == "qr.png":
            return api.qr_code(world, given["transaction_id"])
        if endpoint == "snap.cancel":
            return api.json_response(*snap.cancel(world, given["token"]))
        if endpoint == "snap.page":
            chosen = request.form.get("choice", "") if request.method == "POST" else ""
            return (
                pages.snap_choose(world, given["token"], chosen)
                if chosen
                else pages.snap_page(world, **given)
            )
        if endpoint == "pages.show":
            return pages.show(world, given["transaction_id"])
        if endpoint == "pages.do":
            return pages.do(world, request, **given)
        if endpoint == "pages.find":
            return pages.find(world, request)
        if endpoint.startswith("money."):
            return pages_money.answer(world, endpoint.partition(".")[2], **given)
        if endpoint == "pages.notifications":
            return pages.notifications(world)
        if endpoint == "pages.resend":
            return pages.resend(world, given["notice_id"])
        return pages.home(world, request)


def _same_site(request: Request) -> bool:
    """A form of another site may not press our buttons."""
    origin = request.headers.get("Origin", "")
    return request.method != "POST" or origin in ("", "null") or urlsplit(origin).netloc == request.host


# The server


class _Quiet(WSGIRequestHandler):
    """Says nothing of what is asked: stderr belongs to the demo."""

    def log(self, type: str, message: str, *args: Any) -> None:
        return


class Server:
    """The simulation on a port of this machine, with its own thread that lets time pass."""

    def __init__(
        self,
        settings: Settings,
        *,
        deliver: Deliver = outbox.deliver,
        clock: Clock | None = None,
        memory: Path | None = None,
        poll_s: float = 0.5,
    ) -> None:
        """`poll_s`: how soon it hears that it shall stop."""
        parts = urlsplit(settings.base_url)
        self.world = World(settings, deliver, clock, memory)
        self.server: BaseWSGIServer = make_server(
            parts.hostname or "127.0.0.1",
            parts.port or 0,
            Simulator(self.world),
            threaded=True,
            request_handler=_Quiet,
        )
        self.server.socket.listen(LISTEN_QUEUE)
        self.world.settings = replace(settings, base_url=self.url)  # port 0 means: any free one
        self._stopping = threading.Event()
        serve = partial(self.server.serve_forever, poll_interval=poll_s)
        self._threads = [threading.Thread(target=serve, daemon=True, name="simulator")]
        if not self.world.clock.virtual:
            self._threads.append(threading.Thread(target=self._live, daemon=True, name="simulator-time"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def start(self) -> Server:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self.world.wake.set()
        self.server.shutdown()
        self.server.server_close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _live(self) -> None:
        """Look when something was written down, at the latest after a moment."""
        while not self._stopping.is_set():
            self.world.wake.wait(REST_S)
            self.world.wake.clear()
            try:
                with i18n.use_locale("id"):
                    pass_time(self.world)
            except Exception:
                log.exception("the simulation stumbled; it goes on")
