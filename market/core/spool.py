"""Notes that an edge takes outside any transaction, for a job to count later.

A page that is only looked at writes nothing to the database. What is worth counting is appended as a line
to a file of its minute and process; once the minute is over, a job counts the whole file in one transaction
that also remembers the file's name, and removes it the next time. So each line counts once, whatever dies.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from market.core import clock

log = logging.getLogger(__name__)
OVER = timedelta(minutes=2)
"""So long after a minute began nobody writes to its file any more."""
MOST_FILES = 500
_root: Path | None = None


@dataclass(frozen=True)
class Batch:
    """One finished file: its name, the day (Jakarta) of its minute, its lines."""

    name: str
    day_on: date
    lines: list[str]


def configure(root: Path | None) -> None:
    """The folder of the notes; without one nothing is noted."""
    global _root
    _root = root


def note(line: str) -> None:
    """Append one line; a full disk or a missing folder never breaks the page that is being shown."""
    if _root is None:
        return
    path = _root / f"{clock.now():%Y%m%dT%H%M}-{os.getpid()}.txt"
    try:
        _root.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(line.replace("\n", " ") + "\n")
    except OSError:
        log.warning("a note could not be kept in %s", _root)


def finished() -> list[Batch]:
    """Files whose minute is over, oldest first."""
    if _root is None or not _root.is_dir():
        return []
    found = []
    for path in sorted(_root.glob("*.txt"))[:MOST_FILES]:
        began = _minute(path)
        if began is not None and began + OVER <= clock.now():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found.append(Batch(path.stem, clock.wib(began).date(), lines))
    return found


def _minute(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.stem.partition("-")[0] + "+0000", "%Y%m%dT%H%M%z")
    except ValueError:
        return None


def remove(name: str) -> None:
    """Forget a file that has been counted; nothing happens when it is gone."""
    if _root is not None:
        (_root / f"{Path(name).name}.txt").unlink(missing_ok=True)
