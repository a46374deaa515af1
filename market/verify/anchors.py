"""Ends of the chains to be written down elsewhere, and the comparison with what was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from market.core.errors import Refused
from market.core.i18n import _
from market.ledger import chain


def anchors() -> list[dict[str, Any]]:
    """{organization, seq, hash, at} of every chain, ready for JSON."""
    return [asdict(anchor) for anchor in chain.heads()]


def verify_anchors(written: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What no longer fits: entries changed, replaced or cut off since, and chains broken inside.

    `written` is what `anchors` once gave. Raises Refused when it is not.
    """
    kept = [_anchor(each) for each in written]
    found = chain.verify_anchors(kept)
    for organization_id in sorted({anchor.organization for anchor in kept}):
        found += chain.verify_chain(organization_id)
    return [asdict(each) for each in found]


def _anchor(given: Mapping[str, Any]) -> chain.Anchor:
    try:
        return chain.Anchor(
            int(given["organization"]), int(given["seq"]), str(given["hash"]), str(given.get("at", ""))
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(_("Berkas jangkar tidak dikenal.")) from error
