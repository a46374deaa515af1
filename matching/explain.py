"""What a plan can say for itself: why a need goes short, what is missing to the next tier, what pooling
saves, and at which price an unused offer would have been taken. Every statement holds for the plan as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from .alone import alone
from .entries import entry_bands
from .moves import cheaper
from .outcome import Outcome, outcome
from .plan import Plan, lane_quantity_of
from .problem import Problem
from .reasons import Obstacles, nearest, shortage_reasons
from .scarcity import capacity_worth
from .shares import savings

# What `distance` counts, and what can be done; {distance} is a number with dots.
_REMEDIES: Final[dict[str, tuple[str, str]]] = {
    "ceiling": ("rp", "Naikkan batas harga Rp{distance} per satuan, atau cari penawaran yang lebih murah."),
    "capacity": ("units", "Persediaan penawaran ini habis; cari penawaran lain atau tunggu stok baru."),
    "suppliers": ("suppliers", "Izinkan satu pemasok lagi untuk kebutuhan ini."),
    "weight": ("g", "Pemasok ini kurang daya angkut {distance} g; cari pemasok lain."),
    "trips": ("trips", "Pemasok ini perlu {distance} truk lagi ke kecamatan ini."),
    "minimum": ("units", "Kurang {distance} satuan dari jumlah terkecil; gabungkan dengan koperasi lain."),
    "cash": ("rp", "Tambah uang tunai Rp{distance}, atau pilih penawaran dengan tempo."),
    "cost": ("rp", "Bisa dipenuhi, tetapi Rp{distance} lebih mahal daripada kerugian bila dibiarkan kurang."),
    "unsolved": ("rp", "Mungkin bisa dipenuhi; hitung lagi dengan waktu lebih lama."),
    "ration": ("units", "Barang ini dijatah merata; tambah pasokan agar jatah naik."),
    "no_offer": ("units", "Belum ada penawaran untuk kebutuhan ini; undang pemasok."),
    "area": ("units", "Semua penawaran ada di luar wilayah antar; undang pemasok yang lebih dekat."),
    "authorised": ("units", "Barang ini hanya boleh dari pemasok yang ditunjuk."),
    "date": ("units", "Tidak ada penawaran yang sampai pada waktunya; mundurkan tanggal."),
    "permit": ("units", "Pemasok belum punya izin yang diminta."),
    "quota": ("units", "Kuota sudah habis."),
    "terms": ("units", "Tidak ada penawaran dengan syarat bayar ini; ubah cara bayar."),
}


@dataclass(frozen=True)
class Explanations:
    """Rows as they are printed; see `explain`."""

    shortages: list[dict[str, Any]]
    tiers: list[dict[str, Any]]
    capacities: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    savings: list[dict[str, Any]]
    pooled_rp: int
    alone_rp: int

    def to_document(self) -> dict[str, Any]:
        """Everything as plain rows."""
        return {
            "shortages": self.shortages,
            "tiers": self.tiers,
            "capacities": self.capacities,
            "entries": self.entries,
            "savings": self.savings,
            "pooled_rp": self.pooled_rp,
            "alone_rp": self.alone_rp,
            "saved_rp": self.alone_rp - self.pooled_rp,
        }


def explain(problem: Problem, plan: Plan) -> Explanations:
    """Explanations of a plan of this problem.

    `shortages`: need, missing, reason, offer (the nearest one, or None), units (that it could bring if
    nothing stood in the way), distance from that limit and its unit, remedy, also (what else stands in the
    way there). `tiers`: offer, volume, next_from, missing, saves_rp (what today's units would cost less).
    `capacities`: see `capacity_worth`. `entries`: see `entry_bands`. `savings`: see `shares.savings`; needs
    that cannot be served alone are left out on both sides.
    """
    o = outcome(problem, lane_quantity_of(problem, plan))
    saved = savings(problem, o, alone(problem))
    return Explanations(
        shortages=_shortages(problem, o),
        tiers=_tiers(problem, o),
        capacities=capacity_worth(problem, o),
        entries=entry_bands(problem, o),
        savings=saved,
        pooled_rp=sum(int(row["pooled_rp"]) for row in saved),
        alone_rp=sum(int(row["alone_rp"]) for row in saved),
    )


def _shortages(p: Problem, o: Outcome) -> list[dict[str, Any]]:
    short = np.flatnonzero(o.missing)
    lane, _ = nearest(p, o, short)
    reasons = shortage_reasons(p, o, short)
    known = np.flatnonzero(lane >= 0)
    obstacles = Obstacles(p, o, lane[known])
    distance = obstacles.distances()
    rows = []
    for k, (need, reason) in enumerate(zip(short.tolist(), reasons, strict=True)):
        at = int(np.searchsorted(known, k))
        found = lane[k] >= 0
        far = int(distance[at]) if found and reason != "ration" else None
        others = obstacles.others(at) if found else []
        unit, remedy = _REMEDIES[reason]
        rows.append(
            {
                "need": p.need_id[need],
                "missing": int(o.missing[need]),
                "reason": reason,
                "offer": p.offer_id[p.lane_offer[lane[k]]] if found else None,
                "units": int(obstacles.units[at]) if found else None,
                "distance": far,
                "unit": unit if far is not None else None,
                "remedy": remedy.format(distance=f"{far or 0:,}".replace(",", ".")),
                "also": [other for other in others if other != reason],
            }
        )
    return rows


def _tiers(p: Problem, o: Outcome) -> list[dict[str, Any]]:
    """Used offers whose next tier still lies within their capacity."""
    used = np.flatnonzero(o.volume)
    following = o.tier[used] + 1
    there = following < p.tier_start[used + 1]
    used, following = used[there], following[there]
    within = p.tier_from[following] <= p.capacity[used]
    rows = []
    for offer, tier in zip(used[within].tolist(), following[within].tolist(), strict=True):
        lanes = p.offer_lanes[p.offer_start[offer] : p.offer_start[offer + 1]]
        now = int(o.price_rp[offer])
        rows.append(
            {
                "offer": p.offer_id[offer],
                "volume": int(o.volume[offer]),
                "next_from": int(p.tier_from[tier]),
                "missing": int(p.tier_from[tier] - o.volume[offer]),
                "saves_rp": int(cheaper(p, o, lanes, now, int(p.tier_price_rp[tier])).sum()),
            }
        )
    return rows
