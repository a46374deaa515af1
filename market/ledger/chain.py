"""The hash chain over an organization's entries: what is hashed, and whether it still fits.

    hash = sha256(hash of the entry before + canonical JSON of this one)

Free text enters only as sha256(salt + text). When a name has to be erased later, text and salt go,
the digest stays, and the chain still holds. Anchors (organization, seq, hash, instant) written down
elsewhere show what the chain alone cannot: a tail that was cut off together with its head.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from market.core import clock
from market.ledger import queries
from market.ledger.models import GENESIS

VERSION = 1


@dataclass(frozen=True)
class LeafLine:
    """One posting as the chain sees it."""

    account: str
    amount_rp: int
    memo_hash: str
    counterparty_id: int | None


@dataclass(frozen=True)
class Leaf:
    """One entry as the chain sees it: every fact of it, of the free text only a digest."""

    organization_id: int
    seq: int
    number: str
    source: str
    effective_on: date
    recorded_at: datetime
    description_hash: str
    posted_by: int | None
    reverses_id: int | None
    lines: tuple[LeafLine, ...]

    def canonical(self) -> str:
        """JSON with sorted keys and no spaces: the same facts always give the same text."""
        facts = {
            "v": VERSION,
            "organization": self.organization_id,
            "seq": self.seq,
            "number": self.number,
            "source": self.source,
            "effective_on": self.effective_on.isoformat(),
            "recorded_at": self.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "description": self.description_hash,
            "posted_by": self.posted_by,
            "reverses": self.reverses_id,
            "lines": [[n.account, n.amount_rp, n.memo_hash, n.counterparty_id] for n in self.lines],
        }
        return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def hash(self, prev_hash: str) -> str:
        """The link: hexadecimal SHA-256 over the link before and this leaf."""
        return hashlib.sha256((prev_hash + self.canonical()).encode()).hexdigest()


def fresh_salt() -> str:
    """128 random bits, so that a digest cannot be guessed from a list of names."""
    return secrets.token_hex(16)


def text_hash(salt: str | None, text: str | None) -> str:
    """Digest of a free text; an empty text has an empty digest."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest() if text else ""


# --- looking back ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold (the seq of an entry or of the head), and why."""

    organization_id: int
    seq: int
    why: str


def verify_chain(organization_id: int) -> list[Break]:
    """Recompute the organization's whole chain; an empty list means that it holds."""
    return list(_breaks(organization_id))


def _breaks(organization_id: int) -> Iterator[Break]:
    prev, last = GENESIS, 0
    for entry in queries.chain(organization_id):
        if entry.seq != last + 1:
            yield Break(organization_id, entry.seq, f"entry {last + 1} is missing")
        if entry.prev_hash != prev:
            yield Break(organization_id, entry.seq, "does not name the entry before it")
        if _leaf(entry).hash(entry.prev_hash) != entry.hash:
            yield Break(organization_id, entry.seq, "was changed after it was written")
        if not _texts_fit(entry):
            yield Break(organization_id, entry.seq, "has a text that was changed")
        prev, last = entry.hash, entry.seq
    head = queries.head(organization_id)
    if (head.seq, head.hash) != (last, prev):
        yield Break(organization_id, head.seq, f"the head is not the last entry ({last})")


def _leaf(entry: queries.ChainEntry) -> Leaf:
    return Leaf(
        organization_id=entry.organization_id,
        seq=entry.seq,
        number=entry.number,
        source=entry.source,
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        description_hash=entry.description_hash,
        posted_by=entry.posted_by,
        reverses_id=entry.reverses_id,
        lines=tuple(LeafLine(n.account, n.amount_rp, n.memo_hash, n.counterparty_id) for n in entry.lines),
    )


def _texts_fit(entry: queries.ChainEntry) -> bool:
    """An erased text (None) fits; one that is there must have the digest that was hashed."""
    described = (
        entry.description is None or text_hash(entry.salt, entry.description) == entry.description_hash
    )
    return described and all(n.memo is None or text_hash(n.salt, n.memo) == n.memo_hash for n in entry.lines)


# --- anchors --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Anchor:
    """The end of a chain at an instant, to be kept by somebody who cannot write the books."""

    organization: int
    seq: int
    hash: str
    at: str


def heads() -> list[Anchor]:
    """The end of every organization's chain, now."""
    at = clock.now().isoformat(timespec="seconds")
    return [Anchor(head.organization_id, head.seq, head.hash, at) for head in queries.heads()]


def verify_anchors(anchors: Sequence[Anchor]) -> list[Break]:
    """Compare anchors written down earlier with the books: each must still be a link of its chain."""
    return [found for anchor in anchors if (found := _break_at(anchor)) is not None]


def _break_at(anchor: Anchor) -> Break | None:
    link = GENESIS if anchor.seq == 0 else queries.link(anchor.organization, anchor.seq)
    if link is None:
        return Break(anchor.organization, anchor.seq, "was written down outside and is gone")
    if link != anchor.hash:
        return Break(anchor.organization, anchor.seq, "differs from what was written down outside")
    return None
