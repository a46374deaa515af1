"""The blueprint of payments, and the words that its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from market.core.i18n import lazy
from market.payments.types import Method

bp = Blueprint("payments", __name__)

Answer = str | Response | tuple[str, int]

METHODS = {
    Method.QRIS: lazy("QRIS (semua bank dan dompet)"),
    Method.GOPAY: lazy("GoPay"),
    Method.VA_BCA: lazy("Transfer BCA"),
    Method.VA_BNI: lazy("Transfer BNI"),
    Method.VA_BRI: lazy("Transfer BRI"),
    Method.VA_PERMATA: lazy("Transfer Permata"),
    Method.VA_CIMB: lazy("Transfer CIMB Niaga"),
    Method.BILL_MANDIRI: lazy("Mandiri Bill"),
    Method.OTC_INDOMARET: lazy("Bayar di Indomaret"),
    Method.OTC_ALFAMART: lazy("Bayar di Alfamart"),
}
STEPS = {
    "qr": (
        lazy("Buka aplikasi bank atau dompet di HP, lalu pilih QRIS atau Pindai."),
        lazy("Pindai kode di atas. Di HP yang sama: simpan gambarnya, lalu pilih dari galeri."),
        lazy("Periksa nama koperasi dan jumlahnya, lalu masukkan PIN."),
    ),
    "deeplink": (
        lazy("Tekan tombol di atas untuk membuka aplikasinya."),
        lazy("Periksa nama koperasi dan jumlahnya, lalu masukkan PIN."),
    ),
    "va": (
        lazy("Buka aplikasi bank atau ATM, pilih Transfer, lalu Virtual Account."),
        lazy("Masukkan nomor di atas. Jumlahnya terisi sendiri."),
        lazy("Periksa nama koperasi, lalu bayar."),
    ),
    "bill": (
        lazy("Buka Livin' by Mandiri atau ATM Mandiri, pilih Bayar, lalu Multipayment."),
        lazy("Masukkan kode perusahaan, lalu kode bayar di atas."),
        lazy("Periksa jumlahnya, lalu bayar."),
    ),
    "otc": (
        lazy("Pergi ke kasir dan sebutkan bayar lewat Midtrans."),
        lazy("Tunjukkan kode bayar di atas dan serahkan uangnya."),
        lazy("Simpan struknya sampai halaman ini berubah."),
    ),
    "redirect": (lazy("Tekan tombol di atas untuk melanjutkan."),),
}
"""What the payer does next, by the kind of action that the provider asks for."""


def method_name(method: str) -> str:
    """A way to pay in words."""
    return str(METHODS[Method(method)])


bp.add_app_template_global(method_name, "method_name")
