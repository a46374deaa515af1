"""The promises of the product, each as a question to the database that must come back empty.

    with db.transaction(read_only=True):
        results = verify.run()

Numbers are those of the product's list of invariants; what is not asked yet stands in LATER with
its reason. Whatever a constraint or trigger already forbids is asked all the same: constraints can
be dropped, and a restored backup has to prove itself.
"""

from market.verify.anchors import anchors, verify_anchors
from market.verify.base import Invariant, Result
from market.verify.running import INVARIANTS, LATER, as_json, as_text, run

__all__ = [
    "INVARIANTS",
    "LATER",
    "Invariant",
    "Result",
    "anchors",
    "as_json",
    "as_text",
    "run",
    "verify_anchors",
]
