"""Which pages are asked for: drawn from what the database holds, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import psycopg

WORDS = ("keripik", "sambal bawang", "kripik singkong", "kue nastar", "rendang", "kopi", "pecel", "anyaman")
"""What people type; "kripik" is not how the labels spell it."""
DETAILS = 200
_SHOP = """
SELECT o.slug, array_agg(p.id ORDER BY p.id) FROM organization o JOIN product p ON p.cooperative_id = o.id
JOIN organization s ON s.id = p.organization_id
WHERE o.active AND p.state IN ('published') AND s.name LIKE ANY(%s) AND p.supply = 'shelf'
GROUP BY o.slug ORDER BY count(*) DESC, o.slug"""


@dataclass(frozen=True)
class Addresses:
    """Paths by kind of page; `shops` are slugs with the ids of their products, the fullest first."""

    paths: dict[str, tuple[str, ...]]
    shops: tuple[tuple[str, tuple[int, ...]], ...]


def drawn(connection: psycopg.Connection[Any], heads: tuple[str, ...], seed: int = 1) -> Addresses:
    """The pages of this database; `heads` begin the names of the sellers that were made up."""
    rows = connection.execute(_SHOP, ([f"{head} %" for head in heads],)).fetchall()
    if not rows:
        raise RuntimeError("nothing is on sale in this database")
    shops = tuple((slug, tuple(ids)) for slug, ids in rows)
    dice = random.Random(seed)
    every = [(slug, id_) for slug, ids in shops for id_ in ids]
    details = dice.sample(every, min(DETAILS, len(every)))
    paths = {
        "list": ("/pasar/cari",),
        "market": ("/pasar",),
        "shop": tuple(f"/toko/{slug}" for slug, _ids in shops[:20]),
        "detail": tuple(f"/toko/{slug}/{id_}" for slug, id_ in details),
        "search": tuple(f"/pasar/cari?q={quote_plus(words)}" for words in WORDS),
        "basket": (f"/toko/{shops[0][0]}/keranjang",),
    }
    return Addresses(paths, shops)
