"""Prepaid buying at /setor-beli, each buyer's own page behind a secret link, and its papers."""

from market.prepaid.routes import buyers, joining, papers, pools
from market.prepaid.routes.blueprint import bp

__all__ = ["bp", "buyers", "joining", "papers", "pools"]
