"""Tasks of the counter."""

from __future__ import annotations

from market.core.i18n import lazy
from market.home.task import Task

COUNTER_TASKS: dict[str, Task] = {
    "shift_open": Task(
        lazy("Lanjutkan shift %(detail)s"),
        lazy("Shift Anda terbuka. Tutup dan hitung laci sebelum pulang."),
        lazy("Ke kasir"),
        "coins",
        "counter.show",
    ),
    "shift_late": Task(
        lazy("Tutup shift %(detail)s"),
        lazy("Sudah terbuka lebih dari 12 jam. Hitung uang di laci, lalu tutup."),
        lazy("Hitung laci"),
        "coins",
        "counter.new_count",
    ),
    "counter_differs": Task(
        lazy("Selesaikan penjualan tanpa sinyal %(rp)s"),
        lazy("%(detail)s"),
        lazy("Selesaikan"),
        "alert",
        "counter.show_sale",
        "sale_id",
    ),
    "shift_difference": Task(
        lazy("Periksa selisih laci %(detail)s"),
        lazy("Berselisih %(rp)s; perlu orang kedua."),
        lazy("Periksa"),
        "scales",
        "counter.show_shift",
        "shift_id",
    ),
}
