"""One SQLite file per city; a new story is written beside it and put in place when it is whole."""

from __future__ import annotations

import fcntl
import os
from dataclasses import replace
from pathlib import Path

from market.config import ConfigError, Settings

_held: dict[Path, int] = {}
"""Locks of this process: they end with it, whatever ends it."""


def settings_for(city: str, settings: Settings) -> Settings:
    """The same settings on the city's own file; raises ConfigError in production."""
    if settings.production:
        raise ConfigError("the demo does not run in production: unset LUMBUNG_ENV")
    path = settings.instance_dir / f"{city}.sqlite"
    return replace(settings, env="demo", database_url=f"sqlite:///{path}")


def at_hand(settings: Settings) -> Settings:
    """The same settings where they have a database; else on the newest story's file, if there is one."""
    own = path_of(settings)
    if settings.production or not settings.database_url.startswith("sqlite:///") or own.exists():
        return settings
    stories = [path for path in settings.instance_dir.glob("*.sqlite") if "." not in path.stem]
    if not stories:
        return settings
    return settings_for(max(stories, key=lambda path: path.stat().st_mtime).stem, settings)


def path_of(settings: Settings) -> Path:
    """The file behind the settings."""
    return Path(settings.database_url.removeprefix("sqlite:///"))


def hold(path: Path) -> bool:
    """Be the one demo that may rewrite this file, until the process ends; False when another one is."""
    if path in _held:
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    _held[path] = handle
    return True


def let_go(path: Path) -> None:
    """Give the file free (tests; otherwise the end of the process does it)."""
    handle = _held.pop(path, None)
    if handle is not None:
        os.close(handle)


def unfinished(path: Path) -> Path:
    """Where the story is written; what an interrupted start left there is removed."""
    draft = path.with_name(f"{path.stem}.unfinished.sqlite")
    remove(draft)
    return draft


def remove(path: Path) -> None:
    """The file first: a log without its file is nothing, a file with another file's log is broken."""
    path.unlink(missing_ok=True)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def put_in_place(draft: Path, path: Path) -> None:
    """The finished story becomes the city's file. Its own log must be empty and closed by now."""
    _to_disk(draft)
    remove(path)
    os.replace(draft, path)
    _to_disk(path.parent)


def _to_disk(path: Path) -> None:
    """Until now nothing waited for the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
