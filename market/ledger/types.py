"""What other parts hand to the books: lines and a draft. Pure values, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from market.core.errors import Refused
from market.core.i18n import _
from market.core.money import MAX_RP, format_rp

MAX_LINES = 1_000
MAX_SOURCE = 120
MAX_DESCRIPTION = 300
MAX_MEMO = 200


class Unbalanced(Refused, ValueError):
    """The lines do not add up to zero; `detail["difference_rp"]` says by how much."""


@dataclass(frozen=True)
class Line:
    """One side of an entry: whole rupiah on an account, debit positive, credit negative.

    `memo` is free text (it may name a person, so only its salted hash enters the chain);
    `counterparty_id` is the organization on the other side.
    """

    account: str
    amount_rp: int
    memo: str = ""
    counterparty_id: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.amount_rp, bool) or not isinstance(self.amount_rp, int):
            raise TypeError("an amount is a whole number of rupiah")
        if abs(self.amount_rp) > MAX_RP:
            raise Refused(_("Jumlah terlalu besar. Paling banyak %(most)s.", most=format_rp(MAX_RP)))


def debit(account: str, amount_rp: int, memo: str = "", counterparty_id: int | None = None) -> Line:
    """`amount_rp` on the debit side; a negative amount lands on the credit side."""
    return Line(account, amount_rp, memo, counterparty_id)


def credit(account: str, amount_rp: int, memo: str = "", counterparty_id: int | None = None) -> Line:
    """`amount_rp` on the credit side; a negative amount lands on the debit side."""
    return Line(account, -amount_rp, memo, counterparty_id)


def total_rp(lines: Iterable[Line]) -> int:
    """The debit side of the lines, which is what an entry is "about"."""
    return sum(line.amount_rp for line in lines if line.amount_rp > 0)


@dataclass(frozen=True)
class EntryDraft:
    """An entry to be posted: `source` names the document it comes from ("goods_receipt:42").

    Zero lines are dropped. Raises Unbalanced when the rest does not add up to zero, ValueError for
    a source, description or number of lines beyond the limits.
    """

    source: str
    effective_on: date
    description: str
    lines: Sequence[Line] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if not 0 < len(self.source) <= MAX_SOURCE or ":" not in self.source:
            raise ValueError(f"a source is kind:number, not {self.source!r}")
        object.__setattr__(self, "lines", tuple(line for line in self.lines if line.amount_rp))
        object.__setattr__(self, "description", self.description[:MAX_DESCRIPTION])
        if len(self.lines) > MAX_LINES:
            raise ValueError(f"more than {MAX_LINES} lines")
        difference = sum(line.amount_rp for line in self.lines)
        if difference:
            raise Unbalanced(
                _(
                    "Debit dan kredit tidak sama. Selisih %(difference)s.",
                    difference=format_rp(abs(difference)),
                ),
                difference_rp=difference,
            )

    @property
    def total_rp(self) -> int:
        """The debit side."""
        return total_rp(self.lines)
