"""What a provider keeps of a payment: rates as dated rows; the true-up is reconciliation's work."""

from __future__ import annotations

from market.core.i18n import lazy
from market.core.money import div_round
from market.core.parameters import Parameter
from market.payments.types import Method

BASIS = 10_000
_QRIS = lazy("Biaya QRIS")
_BASIS_POINTS = lazy("per 10.000")
_RUPIAH = lazy("rupiah")
QRIS_BP = Parameter(
    "payments.qris_fee_bp",
    70,
    "payment research 2.7: QRIS MDR 0.7 % but for micro businesses, which enter their own",
    *(0, 500, _QRIS, _BASIS_POINTS, "cooperative"),
)
GOPAY_BP = Parameter(
    "payments.gopay_fee_bp",
    200,
    "payment research 2.7: usual list price 2 %, to be confirmed in the contract",
    *(0, 1000, lazy("Biaya GoPay"), _BASIS_POINTS, "cooperative"),
)
TRANSFER_RP = Parameter(
    "payments.transfer_fee_rp",
    4_000,
    "payment research 2.7: Midtrans' example for a bank transfer",
    *(0, 50_000, lazy("Biaya transfer ke rekening virtual"), _RUPIAH, "cooperative"),
)
STORE_RP = Parameter(
    "payments.store_fee_rp",
    5_000,
    "payment research 2.7: usual list price of a payment in a store, to be confirmed in the contract",
    *(0, 50_000, lazy("Biaya bayar di minimarket"), _RUPIAH, "cooperative"),
)
VAT_BP = Parameter(
    "payments.vat_bp",
    1_100,
    "payment research 4.4: 11 % effective VAT on the provider's fee",
    *(0, 5_000, lazy("PPN atas biaya pembayaran"), _BASIS_POINTS, "platform"),
)


def fee_rp(method: str, amount_rp: int, organization_id: int) -> int:
    """What the provider will keep, VAT included, in whole rupiah; never more than the amount."""
    before_vat = _before_vat(Method(method), amount_rp, organization_id)
    vat = div_round(before_vat * VAT_BP.value(organization_id=organization_id), BASIS)
    return min(amount_rp, before_vat + vat)


def _before_vat(method: Method, amount_rp: int, organization_id: int) -> int:
    if method in (Method.QRIS, Method.GOPAY):
        rate = QRIS_BP if method == Method.QRIS else GOPAY_BP
        return div_round(amount_rp * rate.value(organization_id=organization_id), BASIS)
    flat = STORE_RP if method in (Method.OTC_ALFAMART, Method.OTC_INDOMARET) else TRANSFER_RP
    return flat.value(organization_id=organization_id)
