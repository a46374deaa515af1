"""The real matcher, loaded once: `warm_matcher.py SOCKET` answers each question by a fork of itself.

Loading takes a second, and the tests ask hundreds of times; see `ask.py` for the other end.
"""

from __future__ import annotations

import json
import os
import socket
import sys

from ortools.graph.python import max_flow, min_cost_flow
from ortools.math_opt import model_pb2
from ortools.math_opt.core.python import solver

from matching.cli import main

LOADED = (max_flow, min_cost_flow, model_pb2, solver)
"""What the matcher loads at its first solve: here before the first fork."""


def serve(path: str) -> None:
    """Answer until killed; a child per question, so that no answer can spoil the next."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    while True:
        line, _address = listener.accept()
        if os.fork() == 0:
            answer(line)
        line.close()
        while buried():
            pass


def buried() -> bool:
    """Whether a child that has ended was taken from the list."""
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


def answer(line: socket.socket) -> None:
    """Run the command in the asker's folder with the asker's output; never returns."""
    data, descriptors, _flags, _address = socket.recv_fds(line, 100_000, 2)
    asked = json.loads(data)
    os.chdir(asked["folder"])
    for target, descriptor in zip((1, 2), descriptors, strict=True):
        os.dup2(descriptor, target)
    code = main(asked["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    line.sendall(str(code).encode())
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
