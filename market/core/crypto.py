"""Secrets of rows and people: field encryption bound to its row, blind index, tokens.

A sealed field reads `<key id>.<base64 of nonce and ciphertext>`. Table, column and row are
authenticated with it (AAD), so that a ciphertext copied into another row does not open. The blind
index has a key of its own: a plain hash of a NIK or phone number can be guessed in seconds.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from market.core.errors import LumbungError

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[a-z0-9]{1,16}", re.ASCII)


class Unreadable(LumbungError):
    """The sealed field does not open: wrong row, unknown key, or altered."""


@dataclass(frozen=True)
class Keys:
    """Field keys by id, which of them seals, and the key of the blind index. ValueError when unfit."""

    fields: Mapping[str, bytes] = field(repr=False)
    current: str
    index: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.fields:
            raise ValueError("the current key is not among the keys")
        if not all(_KEY_ID.fullmatch(key_id) for key_id in self.fields):
            raise ValueError("a key id is 1 to 16 small letters or digits")
        if any(len(key) != KEY_BYTES for key in (*self.fields.values(), self.index)):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        if self.index in self.fields.values():
            raise ValueError("the blind index needs a key of its own")


_keys: Keys | None = None


def configure(keys: Keys | None) -> None:
    """The keys of this process."""
    global _keys
    _keys = keys


def parse_keys(fields: str, index: str) -> Keys:
    """Keys from settings: `fields` as "k2:<base64>,k1:<base64>" (the first seals). Raises ValueError."""
    pairs = [pair.strip().partition(":") for pair in fields.split(",")]
    named = {key_id: _unbase64(key) for key_id, _colon, key in pairs}
    if len(named) != len(pairs):
        raise ValueError("the same key id twice")
    return Keys(fields=named, current=pairs[0][0], index=_unbase64(index))


def derive_keys(secret: str) -> Keys:
    """Keys from one secret, for development and demo; production sets separate ones."""
    return Keys(fields={"d1": _derive(secret, "field")}, current="d1", index=_derive(secret, "index"))


def _derive(secret: str, purpose: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"lumbung {purpose}".encode())
    return kdf.derive(secret.encode())


def new_key() -> str:
    """A fresh key as base64, for settings."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def _unbase64(text: str) -> bytes:
    """The bytes behind the one spelling that encoding gives; ValueError for another spelling of the same."""
    raw = base64.b64decode(text.encode("ascii", "strict"), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(raw).decode() != text:
        raise ValueError("not the canonical spelling")
    return raw


def _require() -> Keys:
    if _keys is None:
        raise RuntimeError("crypto is not configured")
    return _keys


def _place(key_id: str, table: str, column: str, row: int | str) -> bytes:
    # JSON keeps ("ab", "c") apart from ("a", "bc"), and row 7 from row "7".
    return json.dumps([key_id, table, column, row]).encode()


def seal(plain: str, *, table: str, column: str, row: int | str) -> str:
    """`plain`, encrypted for exactly this place."""
    keys = _require()
    nonce = os.urandom(_NONCE_BYTES)
    place = _place(keys.current, table, column, row)
    sealed = AESGCM(keys.fields[keys.current]).encrypt(nonce, plain.encode(), place)
    return f"{keys.current}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, table: str, column: str, row: int | str) -> str:
    """The text behind `sealed`. Raises Unreadable."""
    keys = _require()
    key_id, _dot, body = sealed.partition(".")
    key = keys.fields.get(key_id)
    if key is None:
        raise Unreadable("unknown key")
    try:
        raw = _unbase64(body)
        place = _place(key_id, table, column, row)
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise Unreadable("does not open here") from None


def needs_reseal(sealed: str) -> bool:
    """Whether an old key still protects this field."""
    return sealed.partition(".")[0] != _require().current


def reseal(sealed: str, *, table: str, column: str, row: int | str) -> str:
    """The same field under the current key (rotation). Raises Unreadable."""
    if not needs_reseal(sealed):
        return sealed
    plain = unseal(sealed, table=table, column=column, row=row)
    return seal(plain, table=table, column=column, row=row)


def blind_index(value: str, *, table: str, column: str) -> str:
    """A keyed fingerprint (64 hex digits) by which a sealed value can be found; normalise `value` first."""
    message = json.dumps([table, column, value]).encode()
    return hmac.new(_require().index, message, hashlib.sha256).hexdigest()


def token() -> str:
    """A fresh secret of 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def hash_token(secret: str) -> str:
    """What the database keeps of a token (64 hex digits); enough because tokens are random, not chosen."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Equality that takes the same time wherever the two differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
