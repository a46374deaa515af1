"""Writers of one SQLite file stand in a queue: first come, first served.

SQLite itself lets writers look again and again whether the file is free; whoever looks at the wrong moments
waits for seconds while others pass. A lock on a file beside the database is handed on in order by the kernel.
It is no more than good manners: the database's own lock decides, and whoever has waited in vain for as long
as SQLite would goes on to it. A process that dies leaves the queue.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import MutableMapping
from typing import Any

PATIENCE_S = 10.0
"""As long as SQLite's own `busy_timeout`."""


class Turn:
    """A place at the head of the queue, until `end`."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @property
    def lasts(self) -> bool:
        """Whether it has not ended."""
        return self._handle >= 0

    def end(self) -> None:
        """Let the next one in; once or more often."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def __del__(self) -> None:
        self.end()


def wait(path: str, patience_s: float = PATIENCE_S) -> Turn | None:
    """A turn in the queue at `path`; None when it did not come in time, or where there can be no queue."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None  # a folder that cannot be written: the database will say so
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _Waiting(handle).turn(patience_s)
    return Turn(handle)


_mine = threading.local()


def begin(database: str | None, info: MutableMapping[str, Any]) -> None:
    """A connection (of which `info` is kept) is about to write: wait for its turn.

    Whoever has a turn over another connection of the same thread asks for no second one, which never came.
    """
    mine: Turn | None = getattr(_mine, "turn", None)
    if database and database != ":memory:" and not (mine and mine.lasts):
        _mine.turn = info["turn"] = wait(f"{database}-turn")


def over(info: MutableMapping[str, Any]) -> None:
    """The connection's transaction has ended: the next one's turn."""
    turn: Turn | None = info.pop("turn", None)
    if turn is not None:
        turn.end()


class _Waiting:
    """Somebody in the queue; a thread stands there, because the kernel's queue knows no end of patience."""

    def __init__(self, handle: int) -> None:
        self._handle, self._gone, self._lock = handle, False, threading.Lock()
        self._called = threading.Event()

    def turn(self, patience_s: float) -> Turn | None:
        threading.Thread(target=self._stand, daemon=True).start()
        self._called.wait(patience_s)
        with self._lock:
            if self._called.is_set():
                return Turn(self._handle)
            self._gone = True
        return None

    def _stand(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        with self._lock:
            if self._gone:
                os.close(self._handle)
            else:
                self._called.set()
