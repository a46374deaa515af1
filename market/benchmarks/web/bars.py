"""What was measured against what was promised: one row per promise, held or missed, nothing in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WORDS = {True: "held", False: "missed", None: "not measured"}


@dataclass(frozen=True)
class Bar:
    """A promise: the measured number is `least` at least and `most` at most, in `unit`."""

    what: str
    unit: str
    least: float | None = None
    most: float | None = None

    def text(self) -> str:
        """ ">= 60 %"."""
        ends = [(">=", self.least), ("<=", self.most)]
        return " and ".join(f"{sign} {end:g} {self.unit}".strip() for sign, end in ends if end is not None)


@dataclass(frozen=True)
class Row:
    """A promise and what was found; `measured` None where it could not be measured, `note` says why."""

    bar: Bar
    measured: float | None
    note: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the promise holds; None where nothing was measured."""
        if self.measured is None:
            return None
        least, most = self.bar.least, self.bar.most
        return (least is None or self.measured >= least) and (most is None or self.measured <= most)

    def as_json(self) -> dict[str, Any]:
        """One line of the report."""
        measured = None if self.measured is None else round(self.measured, 3)
        found = {"what": self.bar.what, "measured": measured, "unit": self.bar.unit}
        told = {**found, "bar": self.bar.text(), "verdict": WORDS[self.held]}
        return told | ({"note": self.note} if self.note else {})

    def as_text(self) -> str:
        """The same for people."""
        measured = "-" if self.measured is None else f"{self.measured:.4g} {self.bar.unit}".strip()
        note = f"  ({self.note})" if self.note else ""
        return f"{WORDS[self.held]:12} {self.bar.what:52} {measured:>14}   bar {self.bar.text()}{note}"


def code(rows: list[Row]) -> int:
    """The exit code: 1 when a promise is missed, or nothing was measured at all."""
    verdicts = [row.held for row in rows]
    return 1 if False in verdicts or not any(verdicts) else 0
