"""The load: a process of its own that keeps some connections busy, bounded in count and in time.

`python -m market.benchmarks.web.client` reads a `Load` as JSON on stdin and prints what it saw as JSON. It
speaks to the loopback alone. Each connection sends its next request when the last answer is complete.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[3]
STALLED_S = 30.0


@dataclass(frozen=True)
class Load:
    """What to ask: `paths` in turn over all connections, `count` requests in all, at most `seconds`."""

    port: int
    paths: tuple[str, ...]
    count: int
    connections: int = 8
    seconds: float = 20.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What came back: seconds in all, milliseconds of each answer, answers by status, bytes of one body."""

    wall_s: float
    ms: tuple[float, ...]
    statuses: dict[str, int]
    bytes: int

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.ms) / self.wall_s if self.wall_s else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the answers came; nearest rank."""
        ordered = sorted(self.ms)
        return ordered[max(0, -(-len(ordered) * round(share * 1_000) // 1_000) - 1)] if ordered else 0.0


class Broken(Exception):
    """A connection ended within an answer, or an answer was no HTTP."""


class Answer:
    """One answer as it comes in; `complete` once all of it is here."""

    def __init__(self) -> None:
        self.data = b""
        self.status = 0
        self.length: int | None = None
        self.head_end = -1
        self.chunked = False
        self.closing = False

    def feed(self, data: bytes) -> bool:
        """Take what came; True when nothing is missing any more."""
        self.data += data
        if self.head_end < 0 and not self._head():
            return False
        if self.status in (204, 304):
            return True
        if self.chunked:
            return self.data.endswith(b"0\r\n\r\n")
        return len(self.data) - self.head_end >= (self.length or 0)

    def _head(self) -> bool:
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return False
        lines = self.data[:end].split(b"\r\n")
        try:
            self.status = int(lines[0].split(b" ", 2)[1])
        except (IndexError, ValueError) as error:
            raise Broken(lines[0][:80].decode(errors="replace")) from error
        for line in lines[1:]:
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                self.length = int(value)
            elif name.lower() == b"transfer-encoding":
                self.chunked = b"chunked" in value.lower()
            elif name.lower() == b"connection":
                self.closing = b"close" in value.lower()
        self.head_end = end + 4
        return True

    @property
    def body_bytes(self) -> int:
        """Bytes behind the head, as sent."""
        return len(self.data) - self.head_end


class Connection:
    """One connection that is kept, if the server keeps it; a server that does not is called again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answer, self.began = Answer(), 0.0
        self._call()

    def _call(self) -> None:
        self.socket = socket.create_connection((HOST, self.port), timeout=STALLED_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes, ready: selectors.BaseSelector) -> None:
        """Send; `ready` tells when the answer comes in. The time of a new call counts."""
        self.began = time.perf_counter()
        if self.answer.closing:
            self._call()
        if self.socket not in ready.get_map():
            ready.register(self.socket, selectors.EVENT_READ, self)
        self.answer = Answer()
        self.socket.sendall(request)

    def heard(self, ready: selectors.BaseSelector) -> bool:
        """Take what came; True when the answer is complete. Raises Broken when the server hung up."""
        data = self.socket.recv(262_144)
        if not data:
            raise Broken("the server closed a connection within an answer")
        complete = self.answer.feed(data)
        if complete and self.answer.closing:
            ready.unregister(self.socket)
            self.socket.close()
        return complete

    def close(self) -> None:
        """Let it go."""
        self.socket.close()


def _request(load: Load, path: str) -> bytes:
    headers = {
        "Host": f"{HOST}:{load.port}",
        "Accept-Encoding": "gzip",
        "Accept": "text/html",
        **load.headers,
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def drive(load: Load) -> Seen:
    """Keep the connections busy until the count or the time is over. Raises Broken."""
    requests = [_request(load, path) for path in load.paths]
    sent, statuses, took, size = 0, Counter[str](), list[float](), 0
    connections = [Connection(load.port) for _ in range(min(load.connections, load.count))]
    began = time.perf_counter()
    with selectors.DefaultSelector() as ready:
        for each in connections:
            each.ask(requests[sent % len(requests)], ready)
            sent += 1
        busy = len(connections)
        while busy:
            events = ready.select(STALLED_S)
            if not events:
                raise Broken("no answer for half a minute")
            for key, _mask in events:
                connection: Connection = key.data
                if not connection.heard(ready):
                    continue
                now = time.perf_counter()
                took.append((now - connection.began) * 1_000)
                statuses[str(connection.answer.status)] += 1
                size = connection.answer.body_bytes
                if sent < load.count and now - began < load.seconds:
                    connection.ask(requests[sent % len(requests)], ready)
                    sent += 1
                else:
                    busy -= 1
    wall = time.perf_counter() - began
    for each in connections:
        each.close()
    return Seen(wall, tuple(took), dict(statuses), size)


def run(load: Load) -> Seen:
    """`drive` in a process of its own. Raises RuntimeError with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "market.benchmarks.web.client"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=load.seconds + 3 * STALLED_S,
    )
    if done.returncode:
        raise RuntimeError(f"the load ended early: {done.stderr[-300:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return Seen(said["wall_s"], tuple(said["ms"]), said["statuses"], said["bytes"])


def main() -> int:
    """Drive the load that is described on stdin."""
    asked = json.load(sys.stdin)
    print(json.dumps(asdict(drive(Load(**{**asked, "paths": tuple(asked["paths"])})))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
