"""The words of the tasks that comparing with the payment provider gives."""

from __future__ import annotations

from market.core.i18n import lazy, lazy_counted
from market.home.task import Task

MONEY_TASKS: dict[str, Task] = {
    "provider_differs": Task(
        lazy("Urus selisih dengan penyedia pembayaran"),
        lazy_counted(
            "%(n)s selisih menunggu, masing-masing satu tombol.",
            "%(n)s selisih menunggu, masing-masing satu tombol.",
        ),
        lazy("Buka"),
        "scales",
        "payments.index_differences",
    ),
    "difference_explained": Task(
        lazy("Setujui penjelasan selisih"),
        lazy_counted(
            "%(n)s penjelasan bendahara perlu orang kedua.", "%(n)s penjelasan bendahara perlu orang kedua."
        ),
        lazy("Periksa"),
        "scales",
        "payments.index_differences",
    ),
}
