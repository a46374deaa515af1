"""Stands for `python -m matching` in tests: `ask.py SOCKET COMMAND ARGUMENTS` asks the warm matcher."""

from __future__ import annotations

import json
import os
import socket
import sys


def ask(path: str, arguments: list[str]) -> int:
    """Have the command run; an answer that breaks off is a failure."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(path)
    question = json.dumps({"folder": os.getcwd(), "arguments": arguments}).encode()
    socket.send_fds(line, [question], [1, 2])
    return int(line.recv(16) or b"70")


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], sys.argv[2:]))
