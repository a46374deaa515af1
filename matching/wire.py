"""Whole arrays as the bytes of a protocol message: no number passes through a Python object.

A model of a million terms reaches the solver as a message of a dozen packed fields. Value by value
that takes longer than making the model; as bytes it is a copy. Only what such a message needs is here: packed
fields of doubles, of flags and of whole numbers that are not negative, and messages inside messages.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PACKED = 2  # the wire type of packed fields and of messages inside messages
_DOUBLE = 1
_SEVEN = 7  # bits of a whole number in each of its bytes


def message(number: int, *fields: bytes) -> bytes:
    """A message inside another one, as its field `number`."""
    return _framed(number, b"".join(fields))


def doubles(number: int, values: NDArray[Any]) -> bytes:
    """A packed field of doubles."""
    return _framed(number, np.ascontiguousarray(values, dtype="<f8").tobytes())


def double(number: int, value: float) -> bytes:
    """One double."""
    return _varint(number << 3 | _DOUBLE) + struct.pack("<d", value)


def flags(number: int, values: NDArray[np.bool_]) -> bytes:
    """A packed field of flags."""
    return _framed(number, np.ascontiguousarray(values, dtype=np.bool_).tobytes())


def wholes(number: int, values: NDArray[np.int64]) -> bytes:
    """A packed field of whole numbers. Raises ValueError for negative ones."""
    return _framed(number, packed(values))


def packed(values: NDArray[np.int64]) -> bytes:
    """Whole numbers as groups of seven bits, the least first, each byte but the last marked."""
    if not values.size:
        return b""
    least, most = int(values.min()), int(values.max())
    if least < 0:
        raise ValueError("negative numbers are not packed here")
    width = -(-max(1, most.bit_length()) // _SEVEN)
    # Narrow numbers are cheaper to cut up.
    left: NDArray[Any] = values.astype(np.uint32 if most < 2**32 else np.uint64)
    grid = np.empty((values.size, width), dtype=np.uint8)
    kept = np.empty((values.size, width), dtype=np.bool_)
    kept[:, 0] = True
    for place in range(width):
        np.bitwise_and(left, 0x7F, out=grid[:, place], casting="unsafe")
        left = left >> _SEVEN
        if place + 1 < width:
            np.not_equal(left, 0, out=kept[:, place + 1])
            grid[:, place] |= kept[:, place + 1].view(np.uint8) << _SEVEN
    return (grid if bool(kept.all()) else grid[kept]).tobytes()


def _framed(number: int, content: bytes) -> bytes:
    if not content:
        return b""
    return _varint(number << 3 | _PACKED) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= _SEVEN
    found.append(value)
    return bytes(found)
