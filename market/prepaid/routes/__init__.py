"""Prepaid buying at /setor-beli, each buyer's own page behind a secret link, and its papers."""

from market.prepaid.routes import buyers, papers, pools
from market.prepaid.routes.blueprint import bp

__all__ = ["bp", "buyers", "papers", "pools"]
