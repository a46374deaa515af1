"""The words of “Hari ini”: kind of task -> what to do, why, and which page does it."""

from __future__ import annotations

from dataclasses import dataclass

from market.core import money
from market.core.i18n import CountedText, LazyText, gettext, lazy, lazy_counted


@dataclass(frozen=True)
class Task:
    """How a kind of task is shown; its texts may use %(detail)s, %(rp)s, %(amount)s; counted ones %(n)s."""

    title: LazyText
    reason: LazyText
    button: LazyText
    icon: str
    endpoint: str
    argument: str | None = None
    """The endpoint's parameter that takes the task's subject id."""

    def say(self, text: LazyText, detail: str, amount: int) -> str:
        """The text in the current language with the task's own figures."""
        if isinstance(text, CountedText):
            return text.for_count(amount, detail=detail)
        return gettext(
            str.__str__(text), detail=detail, amount=money.group(amount), rp=money.format_rp(amount)
        )


_SEE = lazy("Lihat")

TASKS: dict[str, Task] = {
    "need_submitted": Task(
        lazy("Setujui kebutuhan %(detail)s"),
        lazy_counted(
            "%(n)s kemasan menunggu persetujuan agar ikut putaran.",
            "%(n)s kemasan menunggu persetujuan agar ikut putaran.",
        ),
        lazy("Periksa"),
        "need",
        "needs.show",
        "need_id",
    ),
    "need_draft": Task(
        lazy("Ajukan kebutuhan %(detail)s"),
        lazy("Masih konsep sejak kemarin, belum ikut putaran."),
        lazy("Lanjutkan"),
        "need",
        "needs.show",
        "need_id",
    ),
    "need_rejected": Task(
        lazy("Perbaiki kebutuhan %(detail)s"),
        lazy("Dikembalikan dengan alasan."),
        lazy("Baca alasan"),
        "need",
        "needs.show",
        "need_id",
    ),
    "order_arrives": Task(
        lazy("Terima barang pesanan %(detail)s"),
        lazy("Catat yang datang begitu truk tiba."),
        lazy("Terima"),
        "truck",
        "purchasing.new_receipt",
        "order_id",
    ),
    "bill_missing": Task(
        lazy("Catat tagihan pesanan %(detail)s"),
        lazy("Barang sudah diterima, tagihan belum dicatat."),
        lazy("Catat"),
        "receipt",
        "purchasing.new_bill",
        "order_id",
    ),
    "bill_unpaid": Task(
        lazy("Usulkan pembayaran tagihan %(detail)s"),
        lazy("%(rp)s belum dibayar."),
        lazy("Bayar"),
        "coins",
        "purchasing.show_bill",
        "bill_id",
    ),
    "payment_waits": Task(
        lazy("Setujui pembayaran %(detail)s"),
        lazy("%(rp)s diusulkan; perlu orang kedua."),
        lazy("Periksa"),
        "coins",
        "purchasing.index_payments",
    ),
    "order_to_deliver": Task(
        lazy("Kirim pesanan %(detail)s"),
        lazy("Koperasi menunggu barang senilai %(rp)s."),
        lazy("Lihat pesanan"),
        "truck",
        "purchasing.show",
        "order_id",
    ),
    "claim_open": Task(
        lazy("Selesaikan klaim pesanan %(detail)s"),
        lazy_counted(
            "%(n)s kemasan tidak diterima: diganti, dibatalkan, atau dihapus?",
            "%(n)s kemasan tidak diterima: diganti, dibatalkan, atau dihapus?",
        ),
        lazy("Selesaikan"),
        "alert",
        "purchasing.show",
        "order_id",
    ),
    "advance_due": Task(
        lazy("Bayar di muka pesanan %(detail)s"),
        lazy("Pemasok mengirim setelah dibayar: %(rp)s."),
        lazy("Usulkan"),
        "coins",
        "purchasing.new_advance",
        "order_id",
    ),
    "advance_back": Task(
        lazy("Tagih kembali uang muka pesanan %(detail)s"),
        lazy("%(rp)s belum terpakai."),
        lazy("Catat"),
        "coins",
        "purchasing.new_refund",
        "order_id",
    ),
    "write_off_waits": Task(
        lazy("Setujui penghapusan stok %(detail)s"),
        lazy("Perlu orang kedua sebelum stok berkurang."),
        lazy("Periksa"),
        "box",
        "stock.index_write_offs",
    ),
    "pool_to_approve": Task(
        lazy("Setujui setor beli %(detail)s"),
        lazy("Setoran baru bisa diterima setelah Anda setuju."),
        lazy("Periksa"),
        "coins",
        "prepaid.show",
        "pool_id",
    ),
    "pool_to_ready": Task(
        lazy("Sisihkan %(detail)s untuk pembeli setor beli"),
        lazy("Mereka sudah membayar dan barangnya seharusnya sudah datang."),
        lazy("Sisihkan"),
        "box",
        "prepaid.show",
        "pool_id",
    ),
    "pool_to_refund": Task(
        lazy("Kembalikan setoran %(detail)s"),
        lazy("Barang tidak jadi dibeli, uang pembeli harus kembali."),
        lazy("Usulkan"),
        "undo",
        "prepaid.show",
        "pool_id",
    ),
    "pool_refund_waits": Task(
        lazy("Setujui pengembalian setoran %(detail)s"),
        lazy("Perlu orang kedua."),
        lazy("Periksa"),
        "undo",
        "prepaid.show",
        "pool_id",
    ),
    "lot_to_send": Task(
        lazy("Kirim %(detail)s ke koperasi tetangga"),
        lazy_counted("%(n)s kemasan sudah diambil tetangga.", "%(n)s kemasan sudah diambil tetangga."),
        lazy("Kirim"),
        "truck",
        "transfers.show",
        "transfer_id",
    ),
    "lot_arrives": Task(
        lazy("Terima %(detail)s dari koperasi tetangga"),
        lazy_counted("%(n)s kemasan dalam perjalanan.", "%(n)s kemasan dalam perjalanan."),
        lazy("Terima"),
        "truck",
        "transfers.show",
        "transfer_id",
    ),
    "lot_to_clear": Task(
        lazy("Catat %(detail)s yang tidak diterima tetangga"),
        lazy_counted(
            "%(n)s kemasan: kembali ke rak atau hilang?", "%(n)s kemasan: kembali ke rak atau hilang?"
        ),
        lazy("Catat"),
        "alert",
        "transfers.show",
        "transfer_id",
    ),
    "lot_unpaid": Task(
        lazy("Bayar %(detail)s ke koperasi tetangga"),
        lazy("%(rp)s belum dibayar."),
        lazy("Usulkan"),
        "coins",
        "transfers.show",
        "transfer_id",
    ),
    "lot_payment_waits": Task(
        lazy("Setujui pembayaran %(detail)s ke tetangga"),
        lazy("%(rp)s diusulkan; perlu orang kedua."),
        lazy("Periksa"),
        "coins",
        "transfers.show",
        "transfer_id",
    ),
    "lot_money": Task(
        lazy("Cek uang %(detail)s dari tetangga"),
        lazy("Tetangga mencatat membayar %(rp)s."),
        lazy("Catat"),
        "coins",
        "transfers.show",
        "transfer_id",
    ),
    "journal_draft": Task(
        lazy("Setujui jurnal: %(detail)s"),
        lazy("%(rp)s ditulis tangan; perlu orang kedua."),
        lazy("Periksa"),
        "book",
        "ledger.show_draft",
        "draft_id",
    ),
    "product_waits": Task(
        lazy("Periksa produk %(detail)s"),
        lazy("Anggota ingin menjualnya seharga %(rp)s."),
        lazy("Periksa"),
        "tag",
        "catalogue.show",
        "product_id",
    ),
    "product_rejected": Task(
        lazy("Perbaiki produk %(detail)s"),
        lazy("Koperasi meminta perubahan."),
        lazy("Baca"),
        "tag",
        "catalogue.show",
        "product_id",
    ),
    "retail_to_pack": Task(
        lazy("Siapkan pesanan %(detail)s"),
        lazy("Warga memesan senilai %(rp)s."),
        lazy("Siapkan"),
        "basket",
        "retail.show_order",
        "order_id",
    ),
    "retail_to_collect": Task(
        lazy("Serahkan pesanan %(detail)s"),
        lazy("Menunggu diambil, bayar %(rp)s di gerai."),
        lazy("Serahkan"),
        "basket",
        "retail.show_order",
        "order_id",
    ),
    "assignment_waits": Task(
        lazy("Jawab penugasan putaran %(detail)s"),
        lazy_counted(
            "%(n)s kemasan; diam berarti menolak.",
            "%(n)s kemasan; diam berarti menolak.",
        ),
        lazy("Jawab"),
        "truck",
        "rounds.show_assignment",
        "assignment_id",
    ),
    "proposal_waits": Task(
        lazy("Putuskan usul pemasok, putaran %(detail)s"),
        lazy("%(amount)s kemasan berubah harga, tanggal, atau barangnya; diam berarti tidak diambil."),
        lazy("Putuskan"),
        "tag",
        "rounds.show_proposal",
        "proposal_id",
    ),
    "round_waits": Task(
        lazy("Tinjau putaran %(detail)s"),
        lazy("Hasil hitungan menunggu Anda."),
        lazy("Tinjau"),
        "scales",
        "rounds.show",
        "round_id",
    ),
    "offer_live": Task(
        lazy("Perpanjang penawaran %(detail)s"),
        lazy("Berakhir dalam tiga hari."),
        _SEE,
        "offer",
        "offers.show",
        "offer_id",
    ),
    "offer_draft": Task(
        lazy("Pasang penawaran %(detail)s"),
        lazy("Masih konsep, belum dilihat siapa pun."),
        lazy("Lanjutkan"),
        "offer",
        "offers.show",
        "offer_id",
    ),
    "price_rule_to_approve": Task(
        lazy("Setujui aturan harga %(detail)s"),
        lazy("%(rp)s; perlu orang kedua."),
        lazy("Periksa"),
        "tag",
        "commodities.index_proposals",
    ),
}
