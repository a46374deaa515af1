"""Plain values of the port: what is asked of a provider and what it answers. No provider's type leaves
its adapter, so everything above speaks of these alone.

Amounts are whole rupiah (`_rp`); an adapter converts at its own edge. Instants are aware UTC.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

CURRENCY = "IDR"
MAX_ORDER_ID = 36
ORDER_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{MAX_ORDER_ID - 1}}}", re.ASCII)
"""An order id may stand in a path as it is: no dot, no slash, no sign that an address would read."""
REFUND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,35}", re.ASCII)
TAG = re.compile(r"[A-Z0-9]{1,10}", re.ASCII)


class Provider(StrEnum):
    MIDTRANS = "midtrans"
    STRIPE = "stripe"


class Method(StrEnum):
    """How a person pays."""

    QRIS = "qris"
    GOPAY = "gopay"
    VA_BCA = "va_bca"
    VA_BNI = "va_bni"
    VA_BRI = "va_bri"
    VA_PERMATA = "va_permata"
    VA_CIMB = "va_cimb"
    BILL_MANDIRI = "bill_mandiri"
    OTC_INDOMARET = "otc_indomaret"
    OTC_ALFAMART = "otc_alfamart"


class Status(StrEnum):
    """Where one attempt to pay stands. Only the last two are final for the lifecycle; money may still
    go back after SUCCEEDED (refunds, `reversed`, `disputes`), which does not change the status."""

    REQUIRES_METHOD = "requires_payment_method"  # this attempt is dead: a new one needs a new order id
    REQUIRES_ACTION = "requires_action"  # the person has to pay; `next_action` says how
    PROCESSING = "processing"  # nobody knows yet: ask again
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


FINAL = frozenset({Status.SUCCEEDED, Status.CANCELED})


class CancelReason(StrEnum):
    REQUESTED = "requested_by_customer"
    ABANDONED = "abandoned"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"


class RefundStatus(StrEnum):
    PENDING = "pending"  # accepted by the provider, not yet proved by the bank
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeStatus(StrEnum):
    OPEN = "open"  # the payer's bank has taken the money back for as long as it looks into it
    WON = "won"  # the money has come back
    LOST = "lost"


class PayoutStatus(StrEnum):
    QUEUED = "queued"  # made by the maker; no money moves before the approver
    APPROVED = "approved"
    REJECTED = "rejected"
    PROCESSED = "processed"
    COMPLETED = "completed"
    FAILED = "failed"


PAYOUT_FINAL = frozenset({PayoutStatus.REJECTED, PayoutStatus.COMPLETED, PayoutStatus.FAILED})


class ActionKind(StrEnum):
    """What the person has to do, and so which piece of the page is shown."""

    QR = "qr"
    DEEPLINK = "deeplink"  # GoPay: a link on a phone, a QR elsewhere
    VA = "va"
    BILL = "bill"
    OTC = "otc"
    REDIRECT = "redirect"


class Secret:
    """A key that does not show itself: not in a repr, a log line, a traceback or a pickle."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The key itself, for the one line that sends or signs with it."""
        return self.__value

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True)
class Account:
    """One merchant account at a provider, decrypted for the moment of use.

    `server_keys` holds the newest key first; the older one stays valid for what the provider still
    signs with it, and for calls while the new one is not active yet. For Stripe: the secret keys, with
    the webhook secrets in `webhook_keys`. Payout keys are there where payouts are. `notification_url`,
    where given, replaces the address that is registered with the provider (Midtrans alone can do that).
    """

    provider: Provider
    merchant_id: str
    server_keys: tuple[Secret, ...]
    webhook_keys: tuple[Secret, ...] = ()
    payout_maker_key: Secret = field(default_factory=lambda: Secret(""))
    payout_approver_key: Secret = field(default_factory=lambda: Secret(""))
    payout_merchant_key: Secret = field(default_factory=lambda: Secret(""))
    production: bool = False
    notification_url: str = ""


@dataclass(frozen=True)
class MethodCaps:
    """What a provider can do with one method. A page offers only what this allows."""

    min_rp: int
    max_rp: int
    expiry_default_s: int
    expiry_min_s: int = 20
    expiry_max_s: int = 7 * 86_400
    refundable: bool = False
    partial_refund: bool = False
    refund_window_d: int = 0
    reversal_possible: bool = False  # settled money may be taken back within minutes
    idempotent_charge: bool = True  # the provider itself honours the key for this method


@dataclass(frozen=True)
class Item:
    """A line of what is paid for; the lines' sum is the amount."""

    name: str
    price_rp: int
    quantity: int = 1


@dataclass(frozen=True)
class CreatePayment:
    """One attempt to be paid. The order id names the attempt at the provider for ever (`order_id`)."""

    order_id: str
    method: Method
    amount_rp: int
    description: str
    items: tuple[Item, ...] = ()
    expires_in_s: int | None = None
    payer_name: str = ""
    payer_phone: str = ""
    payer_email: str = ""
    return_url: str = ""

    def __post_init__(self) -> None:
        check_order_id(self.order_id)
        if isinstance(self.amount_rp, bool) or not isinstance(self.amount_rp, int) or self.amount_rp < 1:
            raise ValueError("an amount is a whole number of rupiah from 1 on")
        if self.items and sum(item.price_rp * item.quantity for item in self.items) != self.amount_rp:
            raise ValueError("the items do not add up to the amount")


@dataclass(frozen=True)
class PaymentRef:
    """Which payment: our order id, and the provider's own id where it is known."""

    order_id: str
    provider_id: str = ""

    def __post_init__(self) -> None:
        check_order_id(self.order_id)


@dataclass(frozen=True)
class NextAction:
    """How the person pays. Only what the kind needs is filled; `as_dict` is for a JSON column."""

    kind: ActionKind
    qr_string: str = ""
    qr_image_url: str = ""
    url: str = ""
    bank: str = ""
    number: str = ""  # VA number, payment code, or bill key
    biller_code: str = ""
    store: str = ""

    def as_dict(self) -> dict[str, str]:
        return {name: str(value) for name, value in vars(self).items() if value}

    @classmethod
    def from_dict(cls, stored: Mapping[str, str]) -> NextAction:
        known: dict[str, Any] = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        known["kind"] = ActionKind(stored["kind"])
        return cls(**known)


@dataclass(frozen=True)
class RefundSnapshot:
    """One refund as the provider knows it now. `refund_id` is ours; empty where it was made elsewhere."""

    refund_id: str
    amount_rp: int
    status: RefundStatus
    provider_id: str = ""
    confirmed_at: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class DisputeSnapshot:
    """Money that the payer disputes at their bank, as the provider knows it now."""

    dispute_id: str
    amount_rp: int
    status: DisputeStatus = DisputeStatus.OPEN


@dataclass(frozen=True)
class PaymentSnapshot:
    """One payment as the provider knows it now: the whole truth, not a step.

    `amount_rp` is what the provider says was to be paid: the caller compares it, `currency` and
    `merchant_id` with its own before any money is believed. Where the provider adds its fee on top,
    `amount_rp` is the price alone and `fee_imposed_rp` the addition. `amount_received_rp` is 0 until
    SUCCEEDED, and 0 again when `reversed`; a provider may forget to say that a dead payment had been
    paid, so REQUIRES_METHOD after SUCCEEDED is a reversal, too. `provider_status` is the provider's own
    word, for logs; where it is not `understood`, nothing may be changed and a person must look.
    """

    ref: PaymentRef
    status: Status
    amount_rp: int
    currency: str = CURRENCY
    merchant_id: str = ""
    method: Method | None = None
    next_action: NextAction | None = None
    created_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    paid_at: dt.datetime | None = None
    amount_received_rp: int = 0
    fee_imposed_rp: int = 0
    refunds: tuple[RefundSnapshot, ...] = ()
    amount_refunded_rp: int = 0
    reversed: bool = False
    disputes: tuple[DisputeSnapshot, ...] = ()
    cancel_reason: CancelReason | None = None
    last_error: str = ""
    issuer: str = ""
    acquirer: str = ""
    provider_status: str = ""
    understood: bool = True

    @property
    def final(self) -> bool:
        return self.status in FINAL

    @property
    def disputed_rp(self) -> int:
        """What disputes keep away now, or for good."""
        return sum(each.amount_rp for each in self.disputes if each.status is not DisputeStatus.WON)


@dataclass(frozen=True)
class CreatePayout:
    """Money to a bank account, made by one person and approved by another. `payout_id` is ours."""

    payout_id: str
    amount_rp: int
    bank: str  # the provider's short name: "bca", "bri"
    account_number: str
    account_name: str
    email: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        if not REFUND_ID.fullmatch(self.payout_id):
            raise ValueError("a payout id has 1 to 36 letters, digits, - or _")
        if self.amount_rp < 1:
            raise ValueError("an amount is a whole number of rupiah from 1 on")


@dataclass(frozen=True)
class PayoutRef:
    provider_id: str
    payout_id: str = ""


@dataclass(frozen=True)
class PayoutSnapshot:
    ref: PayoutRef
    status: PayoutStatus
    amount_rp: int
    updated_at: dt.datetime | None = None
    error: str = ""
    provider_status: str = ""


@dataclass(frozen=True)
class WebhookEvent:
    """A notice whose signature is right. What it claims is a hint: `get_payment` is the truth.

    `dedupe_key` is the same for a repeated notice and different for a new fact: unique in the inbox.
    Of `ref` and `payout_ref` one is set; both are None for news that concerns neither, or that names only
    the provider's own number of the payment (`provider_id`), as news of a dispute does.
    """

    provider: Provider
    dedupe_key: str
    kind: str
    ref: PaymentRef | None = None
    payout_ref: PayoutRef | None = None
    claimed_status: str = ""
    needs_fetch: bool = True
    provider_id: str = ""


@dataclass(frozen=True)
class BalanceMove:
    """One line of the provider's own books: what came in or went out of the balance, in rupiah."""

    at: dt.datetime
    kind: str  # payment, refund, fee, reversal, withdrawal
    amount_rp: int
    reference: str = ""


@dataclass(frozen=True)
class Balance:
    """The provider's books between two instants: opening + moves = closing."""

    opening_rp: int
    closing_rp: int
    moves: tuple[BalanceMove, ...] = ()


def check_order_id(order_id: str) -> str:
    """The id when it is one of ours. Raises ValueError otherwise: it goes into a path as it is."""
    if not isinstance(order_id, str) or not ORDER_ID.fullmatch(order_id):
        raise ValueError("an order id has 1 to 36 letters, digits, - or _")
    return order_id


def order_id(tag: str, payment_id: int, attempt: int) -> str:
    """The order id of an attempt, always the same: `9C71163E-0000000042-01`.

    `tag` (1 to 10 capital letters or digits) is the installation's own, so that two of them may share
    one merchant account in a sandbox. Raises ValueError.
    """
    if not TAG.fullmatch(tag) or payment_id < 1 or not 1 <= attempt <= 99:
        raise ValueError("not an attempt at a payment")
    return check_order_id(f"{tag}-{payment_id:010d}-{attempt:02d}")
