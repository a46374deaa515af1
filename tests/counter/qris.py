"""A counter whose shop takes QRIS at a scripted provider; news of a payment reach the sale."""

from __future__ import annotations

from market import wiring
from market.core import db, jobs
from market.counter import queries, services
from market.counter.models import Sale
from market.counter.services import Terms
from market.payments.models import PaymentAttempt
from tests.cast import Cast
from tests.counter import shop
from tests.counter.shop import MAP, Till
from tests.payments.conftest import Desk, registered


def with_account() -> tuple[Cast, int, Till]:
    """The story's beginning: an account at the provider, goods, an open drawer."""
    cast, account_id = registered()
    return cast, account_id, shop.open_till(cast)


class TillDesk(Desk):
    """Everything that can happen to a payment, at a counter."""

    till: Till

    def _ears(self) -> dict[str, jobs.Handler]:
        return {**super()._ears(), "payment_changed": wiring.on_payment_changed}

    def ask_qris(self, sale_id: int, cash_rp: int = 0, terms: Terms = MAP) -> Sale:
        """The cashier shows a QR; the worker has not come by yet."""
        with db.transaction():
            return services.pay_online(self.cast.kasir, sale_id, cash_rp, terms)

    def shown(self, *goods: tuple[str, int], cash_rp: int = 0, nik: str = "") -> int:
        """Goods on the counter and the QR on the screen; returns the sale."""
        sale_id = self.till.basket(*goods)
        if nik:
            self.till.known(sale_id, nik)
        self.ask_qris(sale_id, cash_rp)
        self.work()
        return sale_id

    def tries(self, sale_id: int) -> list[PaymentAttempt]:
        """Each QR that was made for a sale, first one first."""
        with db.transaction(read_only=True):
            query = db.session.query(PaymentAttempt).join(
                services.online.Payment, services.online.Payment.id == PaymentAttempt.payment_id
            )
            query = query.filter_by(purpose=queries.PURPOSE, purpose_id=sale_id)
            return list(query.order_by(PaymentAttempt.id))

    def scan(self, sale_id: int) -> str:
        """The buyer pays the newest QR at the bank; nobody here knows it yet. Its name at the provider."""
        order = str(self.tries(sale_id)[-1].order_id)
        self.bank.pay(order)
        return order

    def sale(self, sale_id: int) -> Sale:
        with db.transaction(read_only=True):
            return queries.sale_by_id(sale_id)

    def stop(self, sale_id: int) -> None:
        """The buyer pays otherwise after all."""
        with db.transaction():
            services.stop_online(self.cast.kasir, sale_id)

    def expire(self) -> None:
        """A quarter of an hour goes by, and the provider says that it is over."""
        for _twice in range(2):
            self.wait(16 * 60)

    def late(self, sale_id: int) -> int:
        """The buyer pays after all that time; returns the treasurer's case."""
        order = self.scan(sale_id)
        self.notify(order, "late")
        self.work()
        with db.transaction(read_only=True):
            [case] = services.online.money_in.open_cases(self.cast.makmur.id)
            return int(case.id)
