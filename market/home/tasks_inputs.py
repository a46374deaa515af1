"""The words of the tasks that inputs give: to the cooperative, and to the UMKM that asked."""

from __future__ import annotations

from market.core.i18n import lazy, lazy_counted
from market.home.task import Task

INPUT_TASKS: dict[str, Task] = {
    "input_to_decide": Task(
        lazy("Jawab permintaan bahan %(detail)s"),
        lazy("UMKM menunggu: setujui dengan harga, atau tolak dengan alasan."),
        lazy("Jawab"),
        "need",
        "inputs.show",
        "request_id",
    ),
    "input_to_pool": Task(
        lazy("Gabungkan permintaan %(detail)s"),
        lazy_counted(
            "%(n)s permintaan siap ikut kebutuhan koperasi.", "%(n)s permintaan siap ikut kebutuhan koperasi."
        ),
        lazy("Gabungkan"),
        "scales",
        "inputs.new_pool",
        "commodity_id",
    ),
    "input_to_share": Task(
        lazy("Bagi %(detail)s untuk UMKM"),
        lazy_counted(
            "%(n)s kemasan sudah datang, pembeli menunggu.", "%(n)s kemasan sudah datang, pembeli menunggu."
        ),
        lazy("Bagi"),
        "box",
        "inputs.show_pool",
        "need_id",
    ),
    "input_overdue": Task(
        lazy("Tagih bahan %(detail)s"),
        lazy("%(rp)s sudah jatuh tempo."),
        lazy("Lihat"),
        "coins",
        "inputs.show",
        "request_id",
    ),
    "input_to_refund": Task(
        lazy("Kembalikan uang muka %(detail)s"),
        lazy("%(rp)s harus kembali ke pembeli."),
        lazy("Usulkan"),
        "undo",
        "inputs.show",
        "request_id",
    ),
    "input_refund_waits": Task(
        lazy("Setujui pengembalian uang muka %(detail)s"),
        lazy("%(rp)s diusulkan; perlu orang kedua."),
        lazy("Periksa"),
        "undo",
        "inputs.show",
        "request_id",
    ),
    "input_to_pay": Task(
        lazy("Bayar uang muka %(detail)s"),
        lazy("%(rp)s di gerai koperasi, supaya barang dicarikan."),
        lazy("Lihat"),
        "coins",
        "inputs.show",
        "request_id",
    ),
    "input_to_collect": Task(
        lazy("Ambil %(detail)s Anda"),
        lazy("Sudah disisihkan, %(rp)s. Bawa kode ambil."),
        lazy("Lihat kode"),
        "box",
        "inputs.show",
        "request_id",
    ),
    "input_to_settle": Task(
        lazy("Lunasi %(detail)s"),
        lazy("%(rp)s belum Anda bayar."),
        lazy("Lihat"),
        "coins",
        "inputs.show",
        "request_id",
    ),
}
