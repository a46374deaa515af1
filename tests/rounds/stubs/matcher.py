"""A stand-in for `python -m matching` that goes wrong on purpose: `matcher.py MODE COMMAND ARGUMENTS`.

Modes: fails, hangs, killed, garbage, half (a plan without its lines), silent (no plan), refused (the
checker says no), chatty (much noise and strange progress, then like the real one), blind (no
yardsticks and no explanations). What a mode does not spoil is passed on to the real matcher.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SEARCH = ("solve", "resolve")
YARDSTICKS = ("greedy", "alone", "explain")


def really(arguments: list[str]) -> int:
    """The real matcher."""
    return subprocess.run([sys.executable, "-m", "matching", *arguments], check=False).returncode


def leave(arguments: list[str], text: str) -> int:
    """Write something to where the plan is expected."""
    Path(arguments[arguments.index("-o") + 1]).write_text(text, encoding="utf-8")
    return 0


def fails(arguments: list[str]) -> int:
    print("ran out of luck", file=sys.stderr)
    return 3


def hangs(arguments: list[str]) -> int:
    # A grandchild holds the pipes open: it must go as well.
    subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"], check=False)
    time.sleep(600)
    return 0


def killed(arguments: list[str]) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def chatty(arguments: list[str]) -> int:
    for line in ("x" * 100_000, "{}", '{"seconds": "soon"}', '{"seconds": 1, "cost_rp": 1e30}', "[1, 2]"):
        print(line, file=sys.stderr)
    print("y" * 1_000_000)
    return really(arguments)


def main(mode: str, arguments: list[str]) -> int:
    command = arguments[0]
    if command in SEARCH:
        spoilers = {
            "fails": fails,
            "hangs": hangs,
            "killed": killed,
            "chatty": chatty,
            "garbage": lambda given: leave(given, "not a plan"),
            "half": lambda given: leave(given, json.dumps({"cost_rp": 1, "problem_sha256": "0"})),
            "silent": lambda given: 0,
        }
        return spoilers.get(mode, really)(arguments)
    if mode == "refused" and command == "check":
        print(json.dumps({"clean": False, "faults": [{"rule": "capacity", "row": "o1", "text": "too much"}]}))
        return 1
    if mode == "blind" and command in YARDSTICKS:
        return 1
    return really(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
