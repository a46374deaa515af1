"""What a caller may ask of the solver, and what the solver tells while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Limits of one solve.

    `gap` is the relative gap at which the solver may stop. `seconds` is a wall limit. `work` is a
    reproducible limit in abstract units: where it is set, `seconds` is ignored and the same seed
    gives the same plan byte for byte on any number of `processes`.
    """

    gap: float = 0.001
    seconds: float = 20.0
    work: int | None = None
    seed: int = 0
    processes: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.gap < float("inf") or not 0 <= self.seconds < float("inf"):
            raise ValueError("gap and seconds must be finite and not negative")
        if self.work is not None and self.work < 0:
            raise ValueError("work must not be negative")
        if self.processes < 1 or not 0 <= self.seed < 2**31:
            raise ValueError("processes must be at least 1 and seed in 0 .. 2^31 - 1")


@dataclass(frozen=True)
class Progress:
    """One point of the curve: best bound and best plan so far (whole rupiah), after `seconds`."""

    bound_rp: int | None
    cost_rp: int | None
    gap: float | None
    seconds: float


OnProgress = Callable[[Progress], None]
