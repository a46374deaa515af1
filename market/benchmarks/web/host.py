"""Serve a WSGI factory as `lumbung serve` does: `python -m ...web.host FACTORY PORT PROCESSES`."""

from __future__ import annotations

import sys

from market import server


def main(arguments: list[str]) -> int:
    """Serve until stopped."""
    factory, port, processes = arguments
    server.host_pages(factory, "127.0.0.1", int(port), int(processes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
