"""The words of what the sourcing loop waits for: invitations, trucks on the road, claims to answer."""

from __future__ import annotations

from market.core.i18n import lazy, lazy_counted
from market.home.task import Task

LOOP_TASKS: dict[str, Task] = {
    "cycle_closing": Task(
        lazy("Pasang kebutuhan untuk %(detail)s"),
        lazy("Putarannya segera tutup dan koperasi Anda belum meminta apa pun."),
        lazy("Lihat usulan"),
        "need",
        "cycles.index_proposals",
    ),
    "pool_near": Task(
        lazy("Tambah %(detail)s supaya semua membayar lebih murah?"),
        lazy("Kumpulannya hampir sampai harga berikutnya."),
        lazy("Putuskan"),
        "scales",
        "cycles.edit",
        "need_id",
    ),
    "claim_escalated": Task(
        lazy("Tengahi klaim pesanan %(detail)s"),
        lazy_counted(
            "%(n)s kemasan: pemasok tidak menjawab atau tidak menepati.",
            "%(n)s kemasan: pemasok tidak menjawab atau tidak menepati.",
        ),
        lazy("Baca klaim"),
        "alert",
        "purchasing.show_claim",
        "claim_id",
    ),
    "stop_arrives": Task(
        lazy("Truk %(detail)s di jalan: terima semuanya"),
        lazy_counted(
            "%(n)s pesanan turun dalam satu kunjungan.", "%(n)s pesanan turun dalam satu kunjungan."
        ),
        lazy("Terima"),
        "truck",
        "purchasing.show_stop",
        "stop_id",
    ),
    "trip_to_depart": Task(
        lazy("Berangkatkan kiriman %(detail)s"),
        lazy("Bagian ongkos truk baru tetap setelah truk berangkat."),
        lazy("Buka"),
        "truck",
        "purchasing.show_trip",
        "trip_id",
    ),
    "claim_to_answer": Task(
        lazy("Jawab klaim pesanan %(detail)s"),
        lazy_counted(
            "%(n)s kemasan tidak diterima: diganti atau tidak?",
            "%(n)s kemasan tidak diterima: diganti atau tidak?",
        ),
        lazy("Jawab"),
        "alert",
        "purchasing.show_claim",
        "claim_id",
    ),
}
