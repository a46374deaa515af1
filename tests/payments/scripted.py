"""A provider that does as it is told: it keeps charges, answers the port, and fails on command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from market.core import clock
from market.payments import gateway
from market.payments.types import (
    PAYOUT_FINAL,
    Account,
    ActionKind,
    Balance,
    BalanceMove,
    CancelReason,
    CreatePayment,
    CreatePayout,
    DisputeSnapshot,
    DisputeStatus,
    Method,
    MethodCaps,
    NextAction,
    PaymentRef,
    PaymentSnapshot,
    PayoutRef,
    PayoutSnapshot,
    PayoutStatus,
    Provider,
    RefundSnapshot,
    RefundStatus,
    Status,
    WebhookEvent,
)

CAPS = {
    Method.QRIS: MethodCaps(1, 10_000_000, 900, refundable=True, partial_refund=True),
    Method.VA_BCA: MethodCaps(10_000, 10**10, 86_400),
    Method.VA_PERMATA: MethodCaps(1, 10**10, 86_400, reversal_possible=True),
}
DEAD = (Status.CANCELED, Status.REQUIRES_METHOD)


@dataclass
class Bank:
    """What the provider knows: the charges by order id. `trouble` is raised by each call while it is set."""

    charges: dict[str, PaymentSnapshot] = field(default_factory=dict)
    trouble: Exception | None = None
    lose_answers: bool = False
    asked: int = 0
    keeps_books: bool = True
    more: list[BalanceMove] = field(default_factory=list)

    payouts: dict[str, PayoutSnapshot] = field(default_factory=dict)
    refuses_payouts: Exception | None = None

    def pay(self, order_id: str, amount_rp: int | None = None, **changes: object) -> None:
        """The payer pays, at whatever state the charge is: a provider may take money late."""
        charge = self.charges[order_id]
        paid = charge.amount_rp if amount_rp is None else amount_rp
        self.charges[order_id] = replace(
            charge,
            status=Status.SUCCEEDED,
            amount_rp=paid,
            amount_received_rp=paid,
            paid_at=clock.now(),
            provider_status="settlement",
            **changes,  # type: ignore[arg-type]
        )

    def end(self, order_id: str, status: Status = Status.CANCELED) -> None:
        """It expires, or the bank says no; what is paid stays paid."""
        if self.charges[order_id].status != Status.SUCCEEDED:
            self.charges[order_id] = replace(self.charges[order_id], status=status)

    def take_back(self, order_id: str) -> None:
        self.charges[order_id] = replace(self.charges[order_id], reversed=True, amount_received_rp=0)

    def dispute(
        self,
        order_id: str,
        status: DisputeStatus = DisputeStatus.OPEN,
        amount_rp: int = 0,
        name: str = "dp_1",
    ) -> None:
        """The payer's bank takes money back, or decides; another name is another dispute."""
        charge = self.charges[order_id]
        others = tuple(each for each in charge.disputes if each.dispute_id != name)
        said = DisputeSnapshot(name, amount_rp or charge.amount_rp, status)
        self.charges[order_id] = replace(charge, disputes=(*others, said))

    def withdraw(self, amount_rp: int, reference: str, fees: Mapping[str, int] | None = None) -> None:
        """Money goes to the bank; `fees` by order are taken then."""
        at = clock.now()
        for order_id, fee_rp in (fees or {}).items():
            self.more.append(BalanceMove(at, "fee", -fee_rp, order_id))
        self.more.append(BalanceMove(at, "withdrawal", -amount_rp, reference))

    def books(self) -> list[BalanceMove]:
        """Every movement of the provider's balance until now, oldest first."""
        moves = list(self.more)
        for order_id, charge in self.charges.items():
            if charge.status != Status.SUCCEEDED:
                continue
            at = charge.paid_at or clock.now()
            moves.append(BalanceMove(at, "payment", charge.amount_rp, order_id))
            moves += [
                BalanceMove(each.confirmed_at or at, "refund", -each.amount_rp, order_id)
                for each in charge.refunds
                if each.status == RefundStatus.SUCCEEDED
            ]
            if charge.reversed:
                moves.append(BalanceMove(at, "reversal", -charge.amount_rp, order_id))
            for said in charge.disputes:
                moves.append(BalanceMove(at, "chargeback", -said.amount_rp, order_id))
                if said.status is DisputeStatus.WON:
                    moves.append(BalanceMove(at, "chargeback_reversal", said.amount_rp, order_id))
        return sorted(moves, key=lambda move: move.at)

    def gone_rp(self, order_id: str) -> int:
        """What of a charge is on its way back, back, or held by a dispute."""
        charge = self.charges[order_id]
        back = sum(each.amount_rp for each in charge.refunds if each.status != RefundStatus.FAILED)
        return back + charge.disputed_rp

    def end_payout(self, reference: str, status: PayoutStatus, error: str = "") -> None:
        """The provider carries a payout on; what has ended stays as it is."""
        row = self.payouts[reference]
        if row.status not in PAYOUT_FINAL:
            self.payouts[reference] = replace(row, status=status, error=error)

    def refund(self, order_id: str, said: RefundSnapshot) -> None:
        """A refund as the provider lists it from now on."""
        others = tuple(
            r
            for r in self.charges[order_id].refunds
            if (r.refund_id, r.provider_id) != (said.refund_id, said.provider_id)
        )
        self.charges[order_id] = replace(self.charges[order_id], refunds=(*others, said))


@dataclass
class ScriptedGateway:
    """The port over a Bank."""

    bank: Bank
    account: Account
    provider: Provider = Provider.MIDTRANS

    def methods(self) -> tuple[Method, ...]:
        return tuple(CAPS)

    def capabilities(self, method: Method) -> MethodCaps:
        return CAPS[method]

    def create_payment(self, request: CreatePayment, *, idempotency_key: str) -> PaymentSnapshot:
        self._ask()
        if request.order_id not in self.bank.charges:
            self.bank.charges[request.order_id] = PaymentSnapshot(
                PaymentRef(request.order_id, f"tx-{request.order_id}"),
                Status.REQUIRES_ACTION,
                request.amount_rp,
                merchant_id=self.account.merchant_id,
                method=request.method,
                next_action=NextAction(ActionKind.QR, qr_string="00020101"),
                provider_status="pending",
            )
        return self._answer(request.order_id)

    def get_payment(self, ref: PaymentRef) -> PaymentSnapshot:
        self._ask()
        return replace(self._answer(ref.order_id), next_action=None)

    def cancel_payment(
        self, ref: PaymentRef, *, reason: CancelReason, idempotency_key: str
    ) -> PaymentSnapshot:
        self._ask()
        if ref.order_id in self.bank.charges:
            self.bank.end(ref.order_id)
        return self._answer(ref.order_id)

    def refund(self, ref: PaymentRef, amount_rp: int, *, refund_id: str, reason: str = "") -> RefundSnapshot:
        self._ask()
        listed = {each.refund_id: each for each in self._charge(ref.order_id).refunds}
        if refund_id not in listed:
            if self.bank.gone_rp(ref.order_id) + amount_rp > self._charge(ref.order_id).amount_rp:
                raise gateway.NotAllowed("more than is left of this payment")
            self.bank.refund(ref.order_id, RefundSnapshot(refund_id, amount_rp, RefundStatus.PENDING))
        return {each.refund_id: each for each in self._answer(ref.order_id).refunds}[refund_id]

    def capture(self, ref: PaymentRef, amount_rp: int | None, *, idempotency_key: str) -> PaymentSnapshot:
        raise gateway.Unsupported("nothing is reserved here")

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, *, received_at: datetime
    ) -> WebhookEvent:
        """A notice reads `sign|order id|anything`; only the sign "ok" is the provider's."""
        sign, _bar, rest = body.decode().partition("|")
        if sign != "ok":
            raise gateway.SignatureError("not ours")
        name = rest.partition("|")[0]
        if name.startswith("@"):  # news that names the provider's own number alone
            return WebhookEvent(self.provider, rest, "notice", provider_id=name[1:])
        return WebhookEvent(self.provider, rest, "notice", PaymentRef(name))

    def balance(self, since: datetime, until: datetime) -> Balance:
        self._ask()
        if not self.bank.keeps_books:
            raise gateway.Unsupported("no books here")
        moves = self.bank.books()
        opening = sum(move.amount_rp for move in moves if move.at < since)
        listed = tuple(move for move in moves if since <= move.at <= until)
        return Balance(opening, opening + sum(move.amount_rp for move in listed), listed)

    def _ask(self) -> None:
        self.bank.asked += 1
        if self.bank.trouble is not None:
            raise self.bank.trouble

    def _charge(self, order_id: str) -> PaymentSnapshot:
        if order_id not in self.bank.charges:
            raise gateway.NotFound(order_id)
        return self.bank.charges[order_id]

    def _answer(self, order_id: str) -> PaymentSnapshot:
        found = self._charge(order_id)
        if self.bank.lose_answers:
            raise gateway.Unavailable("the line was cut", outcome_unknown=True)
        return found


@dataclass
class ScriptedPayouts:
    """The port of payouts over a Bank, which forgets keys: a repeated call queues a second payout."""

    bank: Bank
    provider: Provider = Provider.MIDTRANS

    def create_payout(self, request: CreatePayout, *, idempotency_key: str) -> PayoutSnapshot:
        self._ask()
        if self.bank.refuses_payouts is not None:
            raise self.bank.refuses_payouts
        ref = PayoutRef(f"ref{len(self.bank.payouts) + 1:06d}", request.payout_id)
        self.bank.payouts[ref.provider_id] = PayoutSnapshot(ref, PayoutStatus.QUEUED, request.amount_rp)
        return self._answer(ref.provider_id)

    def get_payout(self, ref: PayoutRef) -> PayoutSnapshot:
        self._ask()
        return self._answer(ref.provider_id)

    def approve_payout(self, ref: PayoutRef, *, otp: str = "") -> PayoutSnapshot:
        self._ask()
        self.bank.end_payout(ref.provider_id, PayoutStatus.APPROVED)
        return self._answer(ref.provider_id)

    def reject_payout(self, ref: PayoutRef, *, reason: str) -> PayoutSnapshot:
        self._ask()
        self.bank.end_payout(ref.provider_id, PayoutStatus.REJECTED, reason)
        return self._answer(ref.provider_id)

    def account_holder(self, bank: str, account_number: str) -> str:
        return "TINI"

    def payout_balance_rp(self) -> int:
        return 1_000_000

    def parse_payout_webhook(
        self, headers: Mapping[str, str], body: bytes, *, received_at: datetime
    ) -> WebhookEvent:
        """A notice reads `sign|number|anything`; only the sign "ok" is the provider's."""
        sign, _bar, rest = body.decode().partition("|")
        if sign != "ok":
            raise gateway.SignatureError("not ours")
        number = rest.partition("|")[0]
        return WebhookEvent(self.provider, f"out:{rest}", "payout.news", payout_ref=PayoutRef(number))

    def _ask(self) -> None:
        self.bank.asked += 1
        if self.bank.trouble is not None:
            raise self.bank.trouble

    def _answer(self, reference: str) -> PayoutSnapshot:
        if reference not in self.bank.payouts:
            raise gateway.NotFound(reference)
        if self.bank.lose_answers:
            raise gateway.Unavailable("the line was cut", outcome_unknown=True)
        return self.bank.payouts[reference]
