"""Places where a test may kill the process, to prove that nothing is lost or done twice.

`point("orders.issued")` stands at the important statements of a service. It does nothing until
LUMBUNG_FAULTPOINT names it: "name" or "name:3" kills the process like `kill -9` at the first or
third pass, "name:raise" and "name:3:raise" raise FaultInjected instead.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from market.core.errors import LumbungError

KILLED = 137  # what a shell reports for kill -9

_SPEC = re.compile(r"(?P<name>[a-z0-9_.]+)(?::(?P<pass>[1-9][0-9]{0,5}))?(?P<mode>:raise)?")
_CALL = re.compile(r"""\bpoint\(\s*["']([a-z0-9_.]+)["']\s*\)""")
_PACKAGE = Path(__file__).resolve().parent.parent


class FaultInjected(LumbungError):
    """Raised on purpose, at a fault point, by a test."""


class _Armed:
    def __init__(self, name: str, nth: int, raises: bool) -> None:
        self.name, self.nth, self.raises = name, nth, raises
        self.passes = count(1)

    def strike(self) -> None:
        if next(self.passes) != self.nth:
            return
        if self.raises:
            raise FaultInjected(self.name)
        os._exit(KILLED)


_armed: _Armed | None = None


def point(name: str) -> None:
    """Die here if this point is armed; otherwise nothing."""
    if _armed is not None and _armed.name == name:
        _armed.strike()


@cache
def names() -> frozenset[str]:
    """Every fault point of the product, read from its source."""
    sources = (
        path.read_text(encoding="utf-8") for path in _PACKAGE.rglob("*.py") if path.name != "faults.py"
    )
    return frozenset(name for source in sources for name in _CALL.findall(source))


def configure(spec: str | None, *, production: bool = False) -> None:
    """Arm the point that `spec` (the value of LUMBUNG_FAULTPOINT) names, or none.

    Raises ValueError in production, for a malformed spec, and for a name that no code passes: a
    fault test that never strikes would prove nothing.
    """
    global _armed
    _armed = None
    if not spec:
        return
    if production:
        raise ValueError("fault points are not allowed in production")
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise ValueError(f"not a fault point: {spec!r}")
    if found["name"] not in names():
        raise ValueError(f"no code passes the fault point {found['name']!r}")
    _armed = _Armed(found["name"], int(found["pass"] or 1), bool(found["mode"]))


@contextmanager
def armed(name: str, nth: int = 1) -> Iterator[None]:
    """For tests: inside, the `nth` pass of `name` raises FaultInjected."""
    global _armed
    before, _armed = _armed, _Armed(name, nth, raises=True)
    try:
        yield
    finally:
        _armed = before
