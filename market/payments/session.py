"""The one way out to a payment provider: bounded in time, size and direction.

Neither provider's client knows limits of its own: without this a provider that keeps a socket open
would hold a worker for ever, and a redirect would carry a charge to another host.
"""

from __future__ import annotations

import time
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests

from market.core.loopback import is_loopback

CONNECT_S = 5.0
READ_S = 15.0
WHOLE_S = 25.0
MAX_ANSWER_BYTES = 1024 * 1024
PIECE_BYTES = 16 * 1024


class AnswerTooLarge(requests.exceptions.RequestException):
    """The answer is longer than anything a provider has to say."""


class BoundedSession(requests.Session):
    """A session that talks to `base_urls` alone, never follows a redirect, keeps no cookie, and gives up.

    `connect_s` and `read_s` bound one wait each, `whole_s` the whole answer: a body that drips would
    otherwise keep a worker for ever. On loopback no proxy of the environment gets between. Raises what
    requests raises, ValueError for a foreign address.
    """

    def __init__(
        self,
        *base_urls: str,
        connect_s: float = CONNECT_S,
        read_s: float = READ_S,
        whole_s: float = WHOLE_S,
    ) -> None:
        super().__init__()
        self.origins = frozenset(_origin(url) for url in base_urls)
        self.limits = (connect_s, read_s)
        self.whole_s = whole_s
        self.trust_env = not all(is_loopback(url) for url in base_urls)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def request(  # type: ignore[override]  # the many keywords of requests pass through as they are
        self, method: str, url: str, **given: Any
    ) -> requests.Response:
        if _origin(url) not in self.origins:
            raise ValueError("a provider is called at its own address alone")
        ends = time.monotonic() + self.whole_s
        given.update(timeout=self.limits, allow_redirects=False, stream=True)
        response = super().request(method, url, **given)
        with response:
            _read(response, ends)
        return response


@cache
def shared(base_url: str) -> BoundedSession:
    """The one session of this process for an address: its connections are used again."""
    return BoundedSession(base_url)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


def _read(response: requests.Response, ends: float) -> None:
    """The body, piece by piece as it comes, within the limits of time and size."""
    body = bytearray()
    try:
        while piece := response.raw.read1(PIECE_BYTES, decode_content=True):
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                raise AnswerTooLarge("the answer is too large")
            if time.monotonic() > ends:
                raise requests.exceptions.ReadTimeout("the answer drips")
    except (OSError, requests.exceptions.RequestException):
        raise
    except Exception as error:  # urllib3's own errors, as requests would name them
        raise requests.exceptions.ChunkedEncodingError(str(error)) from None
    # What requests itself does after reading: `content`, `text` and `json()` look here.
    response._content = bytes(body)
    response._content_consumed = True  # type: ignore[attr-defined]
