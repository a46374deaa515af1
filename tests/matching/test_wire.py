"""Arrays written as bytes are read back as the same message, and a model says the same as by hand."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.math_opt import model_pb2, sparse_containers_pb2

from matching import wire

WIDE = [0, 1, 127, 128, 16_383, 16_384, 2**21 - 1, 2**21, 2**31, 2**32 - 1, 2**32, 2**62]


@pytest.mark.parametrize("count", range(len(WIDE)))
def test_whole_numbers_of_any_width_come_back(count: int) -> None:
    values = np.array(WIDE[: count + 1] * 3, dtype=np.int64)
    read = sparse_containers_pb2.SparseDoubleVectorProto.FromString(wire.wholes(1, values))
    assert list(read.ids) == values.tolist()


def test_many_random_numbers_come_back() -> None:
    values = np.random.default_rng(1).integers(0, 70_000, 20_000)
    read = sparse_containers_pb2.SparseDoubleVectorProto.FromString(wire.wholes(1, values))
    assert list(read.ids) == values.tolist()


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        wire.packed(np.array([3, -1]))


def test_nothing_is_written_for_an_empty_field() -> None:
    assert wire.wholes(1, np.zeros(0, dtype=np.int64)) + wire.doubles(2, np.zeros(0)) == b""


def test_a_message_in_a_message_is_the_one_made_by_hand() -> None:
    low, high, whole = np.array([0.0, -np.inf]), np.array([np.inf, 2.5]), np.array([True, False])
    by_hand = model_pb2.ModelProto()
    by_hand.variables.ids.extend([0, 300])
    by_hand.variables.lower_bounds.extend(low.tolist())
    by_hand.variables.upper_bounds.extend(high.tolist())
    by_hand.variables.integers.extend(whole.tolist())
    by_hand.objective.offset = 1.5
    written = wire.message(
        2,
        wire.wholes(1, np.array([0, 300])),
        wire.doubles(2, low),
        wire.doubles(3, high),
        wire.flags(4, whole),
    ) + wire.message(3, wire.double(2, 1.5))
    assert model_pb2.ModelProto.FromString(written) == by_hand
