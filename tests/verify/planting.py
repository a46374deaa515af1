"""The list of planted violations: each `@breaks` adds one."""

from __future__ import annotations

from collections.abc import Callable

Plant = Callable[..., object]
PLANTS: list[tuple[str, set[str], Plant]] = []


def breaks(*ids: str) -> Callable[[Plant], Plant]:
    """Register a way to break the first id; the others necessarily break with it."""

    def keep(plant: Plant) -> Plant:
        PLANTS.append((ids[0], set(ids), plant))
        return plant

    return keep
