"""The words of the tasks that the market gives: pre-orders, reviews, sellers."""

from __future__ import annotations

from market.core.i18n import lazy
from market.home.task import Task

MARKET_TASKS: dict[str, Task] = {
    "part_to_answer": Task(
        lazy("Jawab pesanan %(detail)s"),
        lazy("%(amount)s barang; diam berarti tidak bisa."),
        lazy("Jawab"),
        "basket",
        "retail.show_part",
        "part_id",
    ),
    "part_to_pack": Task(
        lazy("Kemas pesanan %(detail)s"),
        lazy("%(amount)s barang, lalu bawa ke gerai."),
        lazy("Kemas"),
        "box",
        "retail.show_part",
        "part_id",
    ),
    "preorder_draft": Task(
        lazy("Ajukan kebutuhan %(detail)s"),
        lazy("Warga memesan %(amount)s kemasan; kebutuhannya masih konsep."),
        lazy("Periksa"),
        "need",
        "needs.show",
        "need_id",
    ),
    "preorder_lost": Task(
        lazy("Putuskan pra-pesan %(detail)s"),
        lazy("%(amount)s kemasan pesanan warga belum punya kebutuhan yang berjalan."),
        lazy("Lihat"),
        "basket",
        "preorders.show",
        "preorder_id",
    ),
    "review_unanswered": Task(
        lazy("Jawab ulasan %(detail)s"),
        lazy("Pembeli memberi %(amount)s bintang dan belum Anda jawab."),
        lazy("Jawab"),
        "people",
        "reviews.index",
    ),
    "preorder_to_share": Task(
        lazy("Bagi %(detail)s ke warga"),
        lazy("Barang sudah datang; %(amount)s kemasan dipesan."),
        lazy("Bagi"),
        "box",
        "preorders.show",
        "preorder_id",
    ),
    "seller_waits": Task(
        lazy("Jawab %(detail)s yang ingin berjualan"),
        lazy("Setujui, minta perbaikan, atau tolak dengan alasan."),
        lazy("Periksa"),
        "shop",
        "profiles.show",
        "organization_id",
    ),
    "seller_changes": Task(
        lazy("Perbaiki permintaan %(detail)s"),
        lazy("Koperasi menjawab dengan alasannya."),
        lazy("Baca alasan"),
        "pencil",
        "profiles.show_profile",
    ),
    "first_product": Task(
        lazy("Siapkan produk pertama"),
        lazy("Foto, nama, dan harga sudah cukup untuk mulai."),
        lazy("Tambah produk"),
        "camera",
        "catalogue.new",
    ),
    "member_asked": Task(
        lazy("Jawab %(detail)s yang ingin jadi anggota"),
        lazy("Terima, atau tolak dengan alasan."),
        lazy("Periksa"),
        "people",
        "members.show",
        "member_id",
    ),
}
