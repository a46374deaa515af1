"""What a sheet should hold, and what reading one gave."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from market.core.i18n import in_every_language

Kind = Literal["text", "packs", "rupiah", "date", "choice", "quantity"]


def normal_header(text: str) -> str:
    """A header without case, spaces, signs and remarks in brackets: "Harga Maks. (Rp) *" -> "hargamaks"."""
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(char for char in plain if char.isalnum())


@dataclass(frozen=True)
class Column:
    """One column: `name` is the key in the rows, `label` what people read above it.

    A lazy label is answered to in every language: a sheet is filled in by one person and read by
    another. `choices` maps what may be typed (lazy texts: in every language) to the value that is
    meant. A quantity is read in `base_unit`; a bare number counts in `unit` ("kg"). Kind "packs" is a
    whole number from zero.
    """

    name: str
    label: str
    kind: Kind = "text"
    required: bool = True
    aliases: Sequence[str] = ()
    choices: Mapping[str, object] = field(default_factory=dict)
    base_unit: str = "g"
    unit: str | None = None
    max_chars: int = 200
    help: str = ""

    def __post_init__(self) -> None:
        if self.choices and self.kind != "choice":
            raise ValueError(f"column {self.name}: choices belong to the kind 'choice'")

    def answers_to(self, header: str) -> bool:
        """Whether this normalised header means this column."""
        names = (self.name, *in_every_language(self.label), *self.aliases)
        return header in {normal_header(text) for text in names}


@dataclass(frozen=True)
class Fault:
    """What is wrong, where: the row as numbered in the sheet, the column's label ("" for the whole row)."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class SheetResult:
    """What a sheet gave. `rows` are those without a fault, `numbers` their numbers in the sheet.

    `digest` (SHA-256 of the file) recognises a second upload; `headers` are the labels of the
    columns that were found, `ignored` the headers that meant nothing to us.
    """

    rows: list[dict[str, object]]
    numbers: list[int]
    faults: list[Fault]
    digest: str
    headers: list[str]
    ignored: list[str]

    @property
    def ok(self) -> bool:
        """Nothing is wrong and there is something to store."""
        return bool(self.rows) and not self.faults

    def numbered(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Good rows with their numbers in the sheet, for faults that only the caller can see."""
        return zip(self.numbers, self.rows, strict=True)
