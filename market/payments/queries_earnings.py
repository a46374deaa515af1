"""What sellers are owed, why some of it waits, when they are paid and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Select, String, cast, exists, func, or_, select

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _, lazy
from market.core.parameters import Parameter, values
from market.core.permissions import Actor
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.payments.models import Payment, PaymentAttempt, PaymentEffect
from market.payments.models_payouts import HoldRelease, PayeeAccount, Payout
from market.payments.queries_payouts import payouts_of
from market.payments.types import Method

REVERSIBLE = (Method.VA_PERMATA, Method.BILL_MANDIRI, Method.OTC_INDOMARET)
"""Methods whose settled money a bank may still take back within minutes (payment research 2.3)."""
HOLD_MIN = Parameter(
    "payments.reversal_hold_minutes",
    10,
    "payment research 4.1: Permata, Mandiri and Indomaret reverse usually within 1 to 5 minutes",
    *(0, 7 * 1440, lazy("Tahan hak UMKM setelah dibayar lewat cara yang bisa ditarik bank"), lazy("menit")),
    by="cooperative",
)
LEAST_RP = Parameter(
    "payments.payout_least_rp",
    10_000,
    "assumption: below it the transfer costs more than it is worth; Midtrans' own example is 50.000",
    *(1, 10_000_000, lazy("Paling sedikit dibayarkan ke UMKM"), lazy("rupiah"), "cooperative"),
)
WEEKDAY = Parameter(
    "payments.payout_weekday",
    5,
    "assumption: sellers are paid once a week, on Fridays; 0 means every day",
    *(0, 7, lazy("Hari membayar UMKM (1 Senin ... 7 Minggu, 0 setiap hari)"), lazy("hari"), "cooperative"),
)
DAY_ONE = Parameter(
    "payments.payout_day_one",
    0,
    "off: the weekly day counts; a cooperative that pays by the month sets one or two dates",
    *(
        0,
        28,
        lazy("Tanggal membayar UMKM tiap bulan (0: pakai hari mingguan)"),
        lazy("tanggal"),
        "cooperative",
    ),
)
DAY_TWO = Parameter(
    "payments.payout_day_two",
    0,
    "off: the weekly day counts; a cooperative that pays by the month sets one or two dates",
    *(0, 28, lazy("Tanggal kedua membayar UMKM tiap bulan (0: tidak ada)"), lazy("tanggal"), "cooperative"),
)


@dataclass(frozen=True)
class Hold:
    """A share that waits: of which payment, why (window, reversed, disputed), until when if that is known."""

    seller_id: int
    payment: Payment
    amount_rp: int
    why: str
    until: datetime | None = None


@dataclass(frozen=True)
class Owed:
    """What the books owe a seller, what of it waits, and what is under way."""

    seller_id: int
    name: str
    owed_rp: int
    least_rp: int
    holds: list[Hold] = field(default_factory=list)
    account: PayeeAccount | None = None
    proposed_account: PayeeAccount | None = None
    payout: Payout | None = None

    @property
    def held_rp(self) -> int:
        return sum(hold.amount_rp for hold in self.holds)

    @property
    def proposed_rp(self) -> int:
        """Asked for, and still in the books' payable."""
        return self.payout.amount_rp if self.payout and self.payout.state == "proposed" else 0

    @property
    def released_rp(self) -> int:
        """What may be paid now; below zero the seller owes the cooperative, which the next sales settle."""
        return self.owed_rp - self.held_rp - self.proposed_rp

    @property
    def payable(self) -> bool:
        return self.payout is None and self.released_rp >= self.least_rp


def owed(organization_id: int, seller_id: int | None = None) -> list[Owed]:
    """Every seller with something owed or under way, the largest first."""
    sums = (
        select(Posting.counterparty_id, cast(func.sum(Posting.amount_rp), BigInteger).label("rp"))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            LedgerAccount.organization_id == organization_id,
            LedgerAccount.code == chart.PAYABLE_CONSIGNMENT,
            Posting.counterparty_id.is_not(None),
        )
        .group_by(Posting.counterparty_id)
        .subquery()
    )
    query = select(Organization.id, Organization.name, sums.c.rp).join(
        sums, sums.c.counterparty_id == Organization.id
    )
    if seller_id is not None:
        query = query.where(Organization.id == seller_id)
    live = {p.seller_id: p for p in payouts_of(organization_id, Payout.LIVE, limit=1_000) if p.seller_id}
    accounts = {a.seller_id: a for a in _accounts(organization_id, "active")}
    proposed = {a.seller_id: a for a in _accounts(organization_id, "proposed")}
    held = holds(organization_id)
    least = LEAST_RP.value(organization_id=organization_id)
    found = [
        Owed(
            row.id,
            row.name,
            -row.rp,
            least,
            [hold for hold in held if hold.seller_id == row.id],
            accounts.get(row.id),
            proposed.get(row.id),
            live.get(row.id),
        )
        for row in db.session.execute(query)
    ]
    return sorted(
        (each for each in found if each.owed_rp or each.payout), key=lambda each: (-each.owed_rp, each.name)
    )


def owed_to(organization_id: int, seller_id: int) -> Owed:
    """What one seller is owed; all zero for one that never sold."""
    found = owed(organization_id, seller_id)
    return found[0] if found else Owed(seller_id, "", 0, LEAST_RP.value(organization_id=organization_id))


def holds(organization_id: int) -> list[Hold]:
    """Sellers' shares of payments that a bank may still take back, or has, with nobody's word to pay them.

    The sale's entry is found by its source, which is the payment's purpose: `retail_order:42`.
    """
    since = clock.now() - timedelta(minutes=HOLD_MIN.value(organization_id=organization_id))
    young = PaymentAttempt.method.in_(REVERSIBLE) & (PaymentAttempt.paid_at > since)
    disputed = exists().where(
        PaymentEffect.attempt_id == PaymentAttempt.id,
        PaymentEffect.kind == "disputed",
        PaymentEffect.undone.is_(False),
    )
    taken = PaymentAttempt.state == "reversed"
    released = exists().where(HoldRelease.payment_id == Payment.id)
    query = (
        select(Payment, PaymentAttempt, Posting.counterparty_id, func.sum(Posting.amount_rp), disputed)
        .join(PaymentAttempt, PaymentAttempt.payment_id == Payment.id)
        .join(
            JournalEntry,
            (JournalEntry.organization_id == Payment.organization_id)
            & (JournalEntry.source == Payment.purpose + ":" + cast(Payment.purpose_id, String)),
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            Payment.organization_id == organization_id,
            Payment.used_rp > 0,
            LedgerAccount.code == chart.PAYABLE_CONSIGNMENT,
            Posting.counterparty_id.is_not(None),
            or_(
                (PaymentAttempt.state == "succeeded") & young,
                (PaymentAttempt.state.in_(("succeeded", "reversed"))) & or_(taken, disputed) & ~released,
            ),
        )
        .group_by(Payment.id, PaymentAttempt.id, Posting.counterparty_id)
        .order_by(Payment.id)
    )
    return [
        _hold(organization_id, payment, attempt, seller_id or 0, rp, disputed)
        for payment, attempt, seller_id, rp, disputed in db.session.execute(query)
    ]


def _hold(
    organization_id: int, payment: Payment, attempt: PaymentAttempt, seller_id: int, rp: int, disputed: bool
) -> Hold:
    if attempt.state == "reversed":
        return Hold(seller_id, payment, -int(rp), "reversed")
    if disputed:
        return Hold(seller_id, payment, -int(rp), "disputed")
    wait = timedelta(minutes=HOLD_MIN.value(organization_id=organization_id))
    return Hold(seller_id, payment, -int(rp), "window", (attempt.paid_at or clock.now()) + wait)


def next_payout_on(organization_id: int, today: date | None = None) -> date:
    """The next day on which sellers are paid: today when it is one."""
    return payout_days(organization_id, 1, today)[0]


def payout_days(organization_id: int, count: int, today: date | None = None) -> list[date]:
    """The next days on which sellers are paid: the dates of the month where set, else the weekday."""
    day = today or clock.today()
    asked = values((WEEKDAY, DAY_ONE, DAY_TWO), day, organization_id)
    dates = {asked[DAY_ONE.name], asked[DAY_TWO.name]} - {0}
    weekday = asked[WEEKDAY.name]
    found: list[date] = []
    while len(found) < count:
        if day.day in dates if dates else weekday in (0, day.isoweekday()):
            found.append(day)
        day += timedelta(days=1)
    return found


# --- where sellers are paid ------------------------------------------------------------------------


def _accounts(organization_id: int, state: str) -> list[PayeeAccount]:
    query = select(PayeeAccount).where(
        PayeeAccount.organization_id == organization_id, PayeeAccount.state == state
    )
    return list(db.session.scalars(query.order_by(PayeeAccount.id)))


def payee_accounts(organization_id: int, seller_id: int) -> list[PayeeAccount]:
    """Every account of a seller at a cooperative, newest first."""
    query = select(PayeeAccount).where(
        PayeeAccount.organization_id == organization_id, PayeeAccount.seller_id == seller_id
    )
    return list(db.session.scalars(query.order_by(PayeeAccount.id.desc())))


def payee_account(organization_id: int, seller_id: int, state: str = "active") -> PayeeAccount | None:
    """The newest account of a seller in a state."""
    found = [each for each in payee_accounts(organization_id, seller_id) if each.state == state]
    return found[0] if found else None


def payee_account_for(actor: Actor, account_id: int, lock: bool = False) -> PayeeAccount:
    """An account that the actor's cooperative pays to, or the seller's own; raises NotFound."""
    query = select(PayeeAccount).where(
        PayeeAccount.id == account_id,
        or_(
            PayeeAccount.organization_id == actor.organization_id,
            PayeeAccount.seller_id == actor.organization_id,
        ),
    )
    return _one(query, lock)


def payee_account_by_id(account_id: int) -> PayeeAccount:
    """For jobs; raises NotFound."""
    query = select(PayeeAccount).where(PayeeAccount.id == account_id)
    return _one(query)


def _one(query: Select[PayeeAccount], lock: bool = False) -> PayeeAccount:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Rekening tidak ditemukan."))
    return found
