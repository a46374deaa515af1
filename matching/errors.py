"""What is wrong with an input: every fault at once, each with its row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """One fault of form: `row` says where (`needs[3].wanted`), `text` what, for people."""

    row: str
    text: str


class ProblemError(ValueError):
    """A problem (or plan file) that cannot be read. `faults` lists everything found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = list(faults)
        shown = "; ".join(f"{fault.row}: {fault.text}" for fault in self.faults[:20])
        more = len(self.faults) - 20
        super().__init__(shown + (f"; dan {more} kesalahan lain" if more > 0 else ""))

    def __reduce__(self) -> tuple[type[ProblemError], tuple[list[Fault]]]:
        return (ProblemError, (self.faults,))
