"""Plain words for why a need goes short, and for why a supplier says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.core.i18n import LazyText, _, lazy, ngettext
from market.core.money import format_rp

UNMET_WORDS: dict[str, LazyText] = {
    "no_offer": lazy("Belum ada pemasok yang menawarkan barang ini."),
    "area": lazy("Pemasok yang ada tidak mengirim ke tempat Anda, atau truknya tidak bisa masuk."),
    "date": lazy("Tidak ada pemasok yang sempat mengirim sebelum tanggal Anda."),
    "authorised": lazy("Barang ini hanya boleh dijual sumber resmi, dan belum ada yang melayani Anda."),
    "quota": lazy("Jatah barang ini sudah habis."),
    "permit": lazy("Pemasok belum punya izin yang diminta."),
    "terms": lazy("Cara bayar Anda belum cocok dengan pemasok yang ada."),
    "ceiling": lazy("Harga sampai di tempat Anda lebih tinggi daripada batas harga Anda."),
    "capacity": lazy("Persediaan pemasok tidak cukup untuk semua koperasi."),
    "suppliers": lazy("Jumlah pemasok yang Anda bolehkan sudah penuh."),
    "weight": lazy("Daya angkut pemasok sudah penuh."),
    "trips": lazy("Truk pemasok ke kecamatan Anda sudah penuh."),
    "minimum": lazy("Jumlahnya belum mencapai pembelian paling sedikit dari pemasok."),
    "cash": lazy("Kas yang Anda sediakan belum cukup untuk jumlah ini."),
    "cost": lazy("Bisa dikirim, tetapi ongkosnya terlalu mahal untuk jumlah yang tersisa."),
    "unsolved": lazy("Hitungan belum menemukan tempat untuk kebutuhan ini."),
    "ration": lazy("Barang ini kurang, jadi dibagi rata menurut jumlah keluarga."),
    "declined": lazy("Pemasok yang dipilih menolak atau tidak menjawab, dan penggantinya belum ada."),
    "changed": lazy("Anda tidak mengambil perubahan dari pemasok, dan penggantinya belum ada."),
}
"""Reason -> one sentence for the cooperative."""

UNMET_REMEDIES: dict[str, LazyText] = {
    "no_offer": lazy("Tunggu putaran berikutnya; dinas bisa mengundang pemasok."),
    "area": lazy("Terima truk yang lebih kecil atau kirim ke tempat lain, lalu pasang lagi."),
    "date": lazy("Mundurkan tanggal kebutuhan."),
    "authorised": lazy("Tanyakan kepada dinas siapa sumber resmi untuk wilayah Anda."),
    "quota": lazy("Tunggu jatah berikutnya."),
    "permit": lazy("Tunggu pemasok lain di putaran berikutnya."),
    "terms": lazy("Pilih cara bayar lain, misalnya bayar di tempat."),
    "ceiling": lazy("Naikkan batas harga, atau tunggu penawaran yang lebih murah."),
    "capacity": lazy("Tunggu putaran berikutnya; sisa Anda didahulukan."),
    "suppliers": lazy("Bolehkan satu pemasok lagi."),
    "weight": lazy("Tunggu putaran berikutnya; sisa Anda didahulukan."),
    "trips": lazy("Tunggu putaran berikutnya; sisa Anda didahulukan."),
    "minimum": lazy("Tambah jumlah, atau ajak koperasi tetangga memesan barang yang sama."),
    "cash": lazy("Tambah kas untuk kebutuhan ini, atau pilih tempo."),
    "cost": lazy("Tambah jumlah atau ambil bersama koperasi tetangga."),
    "unsolved": lazy("Tunggu putaran berikutnya; sisa Anda didahulukan."),
    "ration": lazy("Tunggu putaran berikutnya; sisa Anda didahulukan."),
    "declined": lazy("Tunggu putaran berikutnya; sisa Anda didahulukan."),
    "changed": lazy("Tunggu putaran berikutnya; sisa Anda didahulukan."),
}
"""Reason -> what the cooperative can do."""

DECLINE_WORDS: dict[str, LazyText] = {
    "no_stock": lazy("Stok tidak ada"),
    "price_rose": lazy("Harga naik"),
    "no_truck": lazy("Truk tidak ada"),
    "too_small": lazy("Jumlah terlalu kecil"),
    "date": lazy("Tanggal tidak bisa"),
    "other": lazy("Lain-lain"),
}

TERM_WORDS: dict[str, LazyText] = {
    "prepaid": lazy("Bayar di muka"),
    "cod": lazy("Bayar di tempat"),
    "tempo": lazy("Tempo"),
}


def shortfall(detail: Mapping[str, Any] | None) -> str:
    """How far the need was from being served, where the matcher could say so; "" elsewhere."""
    if not detail or not detail.get("distance"):
        return ""
    distance, unit = int(detail["distance"]), detail.get("unit")
    if unit == "rp":
        return _("Kurang %(amount)s.", amount=format_rp(distance))
    if unit == "units" and detail.get("reason") == "minimum":
        return ngettext("Kurang %(n)s kemasan.", "Kurang %(n)s kemasan.", distance)
    return ""
