"""How a person pays, step by step: for each method the channels that its payers have, in order of use.

Plain data. Banks rename their menus now and then: mend the words here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from market.core.i18n import LazyText, lazy
from market.payments.types import Method


@dataclass(frozen=True)
class Channel:
    """One way to the bank: an application, a machine, a cashier."""

    name: LazyText
    steps: tuple[LazyText, ...]


CARD = lazy("Masukkan kartu dan PIN.")
NUMBER = lazy("Masukkan nomor di atas. Jumlahnya terisi sendiri.")
CHECK = lazy("Periksa nama koperasi dan jumlahnya.")
PIN = lazy("Periksa nama koperasi dan jumlahnya, lalu masukkan PIN.")
SLIP = lazy("Tekan Ya atau Benar, lalu simpan struknya.")
TOKEN = lazy("Periksa nama koperasi dan jumlahnya, lalu masukkan kode dari token atau SMS bank.")
ATM, WEB = lazy("ATM"), lazy("Internet banking di komputer")
OWN_PHONE = lazy("Dari HP yang sama")
SCAN = lazy("Buka aplikasi bank atau dompet di HP, lalu pilih QRIS atau Pindai.")

_CASHIER = (
    lazy("Sebutkan jumlahnya, lalu bayar. Uang tunai paling banyak Rp2.500.000."),
    lazy("Simpan struknya sampai halaman ini berubah."),
)

CHANNELS: Mapping[Method, tuple[Channel, ...]] = {
    Method.QRIS: (
        Channel(
            OWN_PHONE,
            (
                lazy("Tekan Simpan gambar QR di atas. Gambarnya masuk ke galeri atau unduhan."),
                SCAN,
                lazy("Pilih gambar dari galeri (tanda gambar di sudut layar), lalu pilih gambar QR tadi."),
                PIN,
            ),
        ),
        Channel(
            lazy("Dengan HP lain"),
            (SCAN, lazy("Arahkan kameranya ke kode di atas."), PIN),
        ),
    ),
    Method.GOPAY: (
        Channel(
            OWN_PHONE,
            (
                lazy("Tekan Buka aplikasi di atas. Aplikasi GoPay atau Gojek terbuka sendiri."),
                PIN,
                lazy("Kembali ke halaman ini."),
            ),
        ),
        Channel(
            lazy("Dengan HP lain"),
            (lazy("Buka GoPay atau Gojek, lalu pilih Bayar."), lazy("Pindai kode di atas."), PIN),
        ),
    ),
    Method.VA_BCA: (
        Channel(
            lazy("BCA mobile"),
            (lazy("Pilih m-BCA, m-Transfer, lalu BCA Virtual Account."), NUMBER, PIN),
        ),
        Channel(
            ATM,
            (
                CARD,
                lazy("Pilih Transaksi Lainnya, Transfer, lalu ke Rekening BCA Virtual Account."),
                NUMBER,
                CHECK,
                SLIP,
            ),
        ),
        Channel(
            WEB,
            (lazy("Masuk ke KlikBCA, pilih Transfer Dana, lalu BCA Virtual Account."), NUMBER, TOKEN),
        ),
    ),
    Method.VA_BNI: (
        Channel(
            lazy("Aplikasi BNI (wondr atau BNI Mobile)"),
            (lazy("Pilih Transfer, lalu Virtual Account Billing."), NUMBER, PIN),
        ),
        Channel(
            ATM,
            (
                CARD,
                lazy("Pilih Menu Lainnya, Transfer, Rekening Tabungan, lalu Virtual Account Billing."),
                NUMBER,
                CHECK,
                SLIP,
            ),
        ),
        Channel(
            WEB,
            (
                lazy("Masuk ke BNI Internet Banking, pilih Transfer, lalu Virtual Account Billing."),
                NUMBER,
                TOKEN,
            ),
        ),
    ),
    Method.VA_BRI: (
        Channel(
            lazy("BRImo"),
            (lazy("Pilih BRIVA, lalu Pembayaran Baru."), NUMBER, PIN),
        ),
        Channel(
            ATM,
            (
                CARD,
                lazy("Pilih Transaksi Lain, Pembayaran, Lainnya, lalu BRIVA."),
                NUMBER,
                CHECK,
                SLIP,
            ),
        ),
        Channel(
            WEB,
            (
                lazy("Masuk ke BRI Internet Banking, pilih Pembayaran, lalu BRIVA."),
                NUMBER,
                TOKEN,
            ),
        ),
    ),
    Method.VA_PERMATA: (
        Channel(
            lazy("Aplikasi Permata (PermataMobile X)"),
            (lazy("Pilih Bayar Tagihan, lalu Virtual Account."), NUMBER, PIN),
        ),
        Channel(
            ATM,
            (
                CARD,
                lazy("Pilih Transaksi Lainnya, Pembayaran, Pembayaran Lainnya, lalu Virtual Account."),
                NUMBER,
                CHECK,
                SLIP,
            ),
        ),
        Channel(
            WEB,
            (lazy("Masuk ke PermataNet, pilih Pembayaran Tagihan, lalu Virtual Account."), NUMBER, TOKEN),
        ),
    ),
    Method.VA_CIMB: (
        Channel(
            lazy("OCTO Mobile"),
            (lazy("Pilih Transfer, lalu Virtual Account CIMB Niaga."), NUMBER, PIN),
        ),
        Channel(
            ATM,
            (CARD, lazy("Pilih Pembayaran, Lanjut, lalu Virtual Account."), NUMBER, CHECK, SLIP),
        ),
        Channel(
            WEB,
            (lazy("Masuk ke OCTO Clicks, pilih Bayar Tagihan, lalu Virtual Account."), NUMBER, TOKEN),
        ),
    ),
    Method.BILL_MANDIRI: (
        Channel(
            lazy("Livin' by Mandiri"),
            (
                lazy("Pilih Bayar, lalu cari kode perusahaan di atas (Midtrans)."),
                lazy("Masukkan nomor tagihan di atas. Jumlahnya terisi sendiri."),
                PIN,
            ),
        ),
        Channel(
            ATM,
            (
                CARD,
                lazy("Pilih Bayar/Beli, Lainnya, lalu Multi Payment."),
                lazy("Masukkan kode perusahaan di atas, lalu nomor tagihan di atas."),
                CHECK,
                lazy("Ketik 1 untuk tagihan ini, tekan Ya, lalu simpan struknya."),
            ),
        ),
        Channel(
            WEB,
            (
                lazy("Masuk ke Livin' di komputer, pilih Bayar, lalu Multi Payment."),
                lazy("Pilih penyedia jasa Midtrans, lalu masukkan nomor tagihan di atas."),
                TOKEN,
            ),
        ),
    ),
    Method.OTC_INDOMARET: (
        Channel(
            lazy("Di kasir Indomaret"),
            (
                lazy("Datang ke Indomaret mana saja dan bilang: mau bayar tagihan Midtrans."),
                lazy("Tunjukkan kode bayar di atas."),
                *_CASHIER,
            ),
        ),
    ),
    Method.OTC_ALFAMART: (
        Channel(
            lazy("Di kasir Alfamart, Alfamidi atau DAN+DAN"),
            (
                lazy("Datang ke toko mana saja dan bilang: mau bayar tagihan Midtrans."),
                lazy("Tunjukkan kode bayar di atas."),
                *_CASHIER,
            ),
        ),
    ),
}

NUMBER_NAMES: Mapping[Method, LazyText] = {
    Method.VA_BRI: lazy("Nomor BRIVA"),
    Method.BILL_MANDIRI: lazy("Nomor tagihan"),
    Method.OTC_INDOMARET: lazy("Kode bayar"),
    Method.OTC_ALFAMART: lazy("Kode bayar"),
}
"""What the bank calls the number to type; elsewhere it is a virtual account."""
VIRTUAL_ACCOUNT = lazy("Nomor virtual account")

AFTERWARDS: Mapping[Method, LazyText] = {
    Method.QRIS: lazy("Biasanya kami tahu dalam beberapa detik."),
    Method.GOPAY: lazy("Biasanya kami tahu dalam beberapa detik."),
    Method.OTC_INDOMARET: lazy("Kabar dari toko bisa perlu beberapa menit. Simpan struknya."),
    Method.OTC_ALFAMART: lazy("Kabar dari toko bisa perlu beberapa menit. Simpan struknya."),
}
SOON = lazy("Biasanya kami tahu dalam satu menit. Simpan bukti bayarnya.")


def channels(method: str) -> tuple[Channel, ...]:
    """The ways to pay by this method, the commonest first."""
    return CHANNELS[Method(method)]


def number_name(method: str) -> LazyText:
    """What the number to type is called at this bank or shop."""
    return NUMBER_NAMES.get(Method(method), VIRTUAL_ACCOUNT)


def afterwards(method: str) -> LazyText:
    """How long it takes until we know."""
    return AFTERWARDS.get(Method(method), SOON)
