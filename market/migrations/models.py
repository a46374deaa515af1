"""Imports every part's models, so that the metadata is whole (migrations, tests, verify)."""

from __future__ import annotations

import importlib
import pkgutil

import market
from market.core import approvals, history, idempotency, jobs, numbering, parameters

KERNEL = (approvals, history, idempotency, jobs, numbering, parameters)


def load() -> None:
    """Import `market.<part>.models` of every part that has one, and what stands beside it (`models_*`)."""
    for part in pkgutil.iter_modules(market.__path__):
        if part.ispkg and part.name != "migrations":
            names = {module.name for module in pkgutil.iter_modules([f"{market.__path__[0]}/{part.name}"])}
            for name in sorted(name for name in names if name.split("_")[0] == "models"):
                importlib.import_module(f"market.{part.name}.{name}")


load()
