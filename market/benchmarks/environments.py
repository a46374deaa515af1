"""Environments of peers: each in a folder of its own in the user's cache, no dependency of the product."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def python_of(name: str, packages: Sequence[str], folder: Path | None = None) -> Path:
    """The interpreter of the environment `name` with these packages; made at the first call.

    Raises RuntimeError when the environment cannot be made, for one where the package index is out of reach.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    home = folder or cache / "lumbung" / name
    python, ready = home / "bin" / "python", home / "ready"
    wanted = "\n".join(packages)
    orphaned = python.is_symlink() and not python.exists()  # the interpreter it was made with is gone
    if not orphaned and ready.exists() and ready.read_text("utf-8") in (wanted, ""):
        return python
    for command in (
        [sys.executable, "-m", "venv", *(["--clear"] if orphaned else []), str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "--retries", "1", *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"no environment for {name}: {_last(done.stderr)}")
    ready.write_text(wanted, encoding="utf-8")
    return python


def _last(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if not line.startswith(("WARNING", "[notice]"))]
    return " ".join(lines[-2:])[-300:]
