"""The demo's payment provider: a simulation of Midtrans beside it, an account there for whoever is paid.

Only the demo has accounts that nobody entered: elsewhere two people of the cooperative do that.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from market.config import Settings
from market.core import clock, crypto, db, states
from market.core.permissions import SYSTEM, Role
from market.demo.storage import path_of, remove
from market.identity import queries as identity
from market.payments import doors
from market.payments import queries as payments
from market.payments.models import MerchantAccount
from market.payments.simulator.running import Server
from market.payments.simulator.settings import Merchant
from market.payments.simulator.settings import Settings as Simulated
from market.payments.types import Provider, Secret

PEOPLE = {"cooperative": (Role.TREASURER, Role.CHAIR), "supplier": (Role.SUPPLIER_SALES,)}
NOTICE_SCALE = 60
"""A minute of Midtrans' patience with a shop that does not answer is a second here."""


@dataclass(frozen=True)
class Seller:
    """A cooperative or a supplier as the provider knows it."""

    organization_id: int
    name: str
    city: str
    kind: str = "cooperative"

    @property
    def merchant_id(self) -> str:
        return f"G{self.organization_id:09d}"

    def key(self, kind: str) -> str:
        return f"{kind}-SIMULASI-{self.organization_id}"

    def merchant(self) -> Merchant:
        return Merchant(
            merchant_id=self.merchant_id,
            server_keys=(Secret(self.key("SB-Mid-server")),),
            name=self.name,
            city=self.city,
            maker_key=Secret(self.key("IRIS-pembuat")),
            approver_key=Secret(self.key("IRIS-penyetuju")),
            merchant_key=Secret(self.key("IRIS-toko")),
        )


def with_provider(settings: Settings, port: int) -> Settings:
    """The demo's settings with a simulation on a free port, unless they name where the provider is."""
    here = replace(settings, base_url=f"http://127.0.0.1:{port}")
    if settings.payments != Provider.MIDTRANS or settings.midtrans_base_url or settings.midtrans_server_key:
        return here
    return replace(here, midtrans_base_url=f"http://127.0.0.1:{_free_port(port + 1)}")


def start(settings: Settings, city: str, *, fresh: bool) -> Server | None:
    """Give each cooperative and supplier its account and let the simulation run; None where the settings name
    another.

    A fresh story forgets what an earlier one was paid: its orders have the same numbers.
    """
    with db.transaction(read_only=True):
        sellers = [
            Seller(row.id, row.name, city.upper(), kind)
            for kind in ("cooperative", "supplier")
            for row in identity.organizations(kind)
        ]
    if settings.midtrans_server_key:
        _open_accounts(sellers, settings.midtrans_merchant_id, settings.midtrans_server_key)
        return None
    _open_accounts(sellers)
    if not sellers or not settings.midtrans_base_url:
        return None
    memory = memory_of(settings)
    if fresh:
        remove(memory)
    simulated = Simulated(
        tuple(seller.merchant() for seller in sellers),
        base_url=settings.midtrans_base_url,
        notice_scale=NOTICE_SCALE,
    )
    return Server(simulated, memory=memory).start()


def memory_of(settings: Settings) -> Path:
    """Where the simulation remembers what was paid; not a story of its own (see `storage.at_hand`)."""
    return path_of(settings).with_suffix(".provider.sqlite")


def _open_accounts(sellers: Sequence[Seller], merchant_id: str = "", server_key: str = "") -> None:
    """An account for each that has none but the people for it: two, or a supplier's one in this story.

    Its keys are the simulation's, or the given one.
    """
    with db.transaction():
        for seller in sellers:
            people = [_holder(seller, role) for role in PEOPLE[seller.kind]]
            if all(people) and payments.account_now(seller.organization_id) is None:
                account = _account(seller, people, merchant_id or seller.merchant_id, server_key)
                db.session.add(account)
                db.session.flush()
                states.start(account, SYSTEM)
                states.advance(account, "active", SYSTEM, "demo")


def _account(
    seller: Seller, people: Sequence[int | None], merchant_id: str, server_key: str
) -> MerchantAccount:
    token = crypto.token()
    keys = doors.seal_keys(
        token,
        server_keys=[server_key or seller.key("SB-Mid-server")],
        payout_maker_key=seller.key("IRIS-pembuat"),
        payout_approver_key=seller.key("IRIS-penyetuju"),
        payout_merchant_key=seller.key("IRIS-toko"),
    )
    return MerchantAccount(
        organization_id=seller.organization_id,
        provider=Provider.MIDTRANS,
        merchant_id=merchant_id,
        token=token,
        keys=keys,
        valid_from_on=clock.today(),
        proposed_by=people[0] if len(people) > 1 else None,
        approved_by=people[-1],
        state_at=clock.now(),
    )


def _holder(seller: Seller, role: Role) -> int | None:
    return next((user.id for user in identity.seat_holders(seller.organization_id, (role.value,))), None)


def _free_port(wanted: int) -> int:
    """The wanted port, or any free one of this machine."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("this machine has no free port")
