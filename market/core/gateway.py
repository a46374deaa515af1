"""SMS and WhatsApp through whatever gateway an operator has a contract with, described by settings alone.

Only the host of the setting is ever spoken to: redirects are not followed, and nothing a person typed
becomes part of an address or a header.
"""

import http.client
import json
import re
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from market.core.loopback import is_loopback
from market.core.messages import Channel, DeliveryFailed, Message

DEFAULT_BODY = '{"to": "{to}", "message": "{text}"}'
DEFAULT_HEADER = "Authorization: Bearer"
PLACES = ("to", "text", "key", "channel")
MAX_ANSWER = 64_000
"""Bytes of an answer that are read at most."""
_HEADER = re.compile(r"([A-Za-z0-9-]{1,60}):([ -~]{0,60})", re.ASCII)
_TOKEN = re.compile(r"[ -~]{0,2000}", re.ASCII)
_NO = ("", "false", "0", "no", "error", "fail", "failed", "rejected")
_TEMPORARY = (408, 425, 429)


@dataclass(frozen=True)
class HttpPort:
    """Posts one JSON document per message. ValueError for an address, body or header that is none.

    In `body` the words {to}, {text}, {key} and {channel} are filled in. `ok_field` names the field of the
    answer that must say yes, for gateways that answer 200 to everything. `timeout_s` bounds the whole
    exchange, however slowly the answer drips.
    """

    url: str
    token: str = field(default="", repr=False)
    header: str = DEFAULT_HEADER
    body: str = DEFAULT_BODY
    channel: Channel = "whatsapp"
    ok_field: str = ""
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("a gateway is written as https://host/path")
        if parts.scheme == "http" and not is_loopback(self.url):
            raise ValueError("a gateway needs https")
        if not re.fullmatch(r"[!-~]+", self.url):
            raise ValueError("signs in the gateway's address")
        if not _HEADER.fullmatch(self.header) or not _TOKEN.fullmatch(self.token):
            raise ValueError("a gateway's header is written as NAME: WORD")
        if self.channel not in ("sms", "whatsapp"):
            raise ValueError("the gateway's channel is sms or whatsapp")
        used = json.dumps(_template(self.body))
        if "{to}" not in used or "{text}" not in used:
            raise ValueError("the gateway's body needs {to} and {text}")

    def send(self, message: Message) -> None:
        if message.channel == "mail":
            raise DeliveryFailed("this port carries no mail", temporary=False)
        status, answer = self._exchange(message)
        if status in _TEMPORARY or status >= 500:
            raise DeliveryFailed(f"gateway said {status}", temporary=True)
        if not 200 <= status < 300:
            raise DeliveryFailed(f"gateway said {status}", temporary=False)
        if self.ok_field:
            self._require_yes(answer)

    def _exchange(self, message: Message) -> tuple[int, bytes]:
        ends = time.monotonic() + self.timeout_s
        line = self._line()
        try:
            line.request("POST", self._path(), body=self._filled(message), headers=self._headers(message))
            answer = line.getresponse()
            return answer.status, _read(answer, line, ends)
        except (OSError, http.client.HTTPException) as error:
            # The name alone: the words of an error may quote what was sent.
            raise DeliveryFailed(type(error).__name__, temporary=True) from None
        finally:
            line.close()

    def _line(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self.timeout_s)
        trusted = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=self.timeout_s, context=trusted)

    def _path(self) -> str:
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _headers(self, message: Message) -> dict[str, str]:
        name, _colon, word = self.header.partition(":")
        own = {name: f"{word.strip()} {self.token}".strip()} if self.token else {}
        key = {"Idempotency-Key": message.key} if message.key else {}
        return {"Content-Type": "application/json", "Accept": "application/json", **own, **key}

    def _filled(self, message: Message) -> bytes:
        said = {"to": message.to, "text": message.text, "key": message.key, "channel": message.channel}
        return json.dumps(_fill(_template(self.body), said)).encode()

    def _require_yes(self, answer: bytes) -> None:
        try:
            said = json.loads(answer)[self.ok_field]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DeliveryFailed("gateway's answer is not understood", temporary=True) from None
        if not said or str(said).strip().lower() in _NO:
            raise DeliveryFailed("gateway refused", temporary=False)


def _template(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise ValueError("the gateway's body is no JSON") from error
    if not isinstance(found, dict):
        raise ValueError("the gateway's body is a JSON object")
    return found


def _fill(part: Any, said: dict[str, str]) -> Any:
    """The template with its places filled, once: what a message says is never read as a place."""
    if isinstance(part, dict):
        return {key: _fill(value, said) for key, value in part.items()}
    if isinstance(part, list):
        return [_fill(value, said) for value in part]
    if isinstance(part, str):
        return re.sub(r"\{(\w+)\}", lambda place: said.get(place[1], place[0]), part)
    return part


def _read(answer: http.client.HTTPResponse, line: http.client.HTTPConnection, ends: float) -> bytes:
    found = b""
    while len(found) < MAX_ANSWER:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if line.sock is not None:
            line.sock.settimeout(left)
        piece = answer.read1(MAX_ANSWER - len(found))
        if not piece:
            break
        found += piece
    return found
