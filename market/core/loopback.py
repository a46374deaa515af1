"""Whether an address stays on this machine: what a simulation may speak to, and production may not."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """True for http(s) addresses of this machine alone. Names but `localhost` are not trusted to be it."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
