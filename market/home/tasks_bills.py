"""The words of the tasks that settling a bill gives: to both sides of a difference, and to who pays."""

from __future__ import annotations

from market.core.i18n import lazy
from market.home.task import Task

BILL_TASKS: dict[str, Task] = {
    "case_to_answer": Task(
        lazy("Jawab selisih tagihan %(detail)s"),
        lazy("Selisih %(rp)s; koperasi belum membayar sampai beres."),
        lazy("Jawab"),
        "scales",
        "purchasing.show_case",
        "case_id",
    ),
    "case_to_settle": Task(
        lazy("Selesaikan selisih tagihan %(detail)s"),
        lazy("Selisih %(rp)s: pemasok sudah menjawab, atau batasnya lewat."),
        lazy("Periksa"),
        "scales",
        "purchasing.show_case",
        "case_id",
    ),
    "return_to_credit": Task(
        lazy("Buat nota kredit untuk retur %(detail)s"),
        lazy("Koperasi mengembalikan barang senilai %(rp)s."),
        lazy("Periksa"),
        "undo",
        "purchasing.show_return",
        "return_id",
    ),
    "account_missing": Task(
        lazy("Isi rekening bank Anda"),
        lazy("Koperasi berutang %(rp)s dan belum tahu ke mana mentransfer."),
        lazy("Isi"),
        "coins",
        "purchasing.show_account",
    ),
    "run_waits": Task(
        lazy("Setujui daftar bayar %(detail)s"),
        lazy("%(rp)s untuk beberapa tagihan; perlu orang kedua."),
        lazy("Periksa"),
        "coins",
        "purchasing.show_run",
        "run_id",
    ),
    "online_to_pay": Task(
        lazy("Bayar %(detail)s lewat internet"),
        lazy("%(rp)s sudah disetujui: buka halamannya, lalu bayar dari bank."),
        lazy("Bayar"),
        "coins",
        "purchasing.show_payment",
        "payment_id",
    ),
    "run_to_transfer": Task(
        lazy("Transfer daftar bayar %(detail)s"),
        lazy("%(rp)s sudah disetujui: unduh berkas bank, lalu catat."),
        lazy("Buka"),
        "coins",
        "purchasing.show_run",
        "run_id",
    ),
}
