"""What a command says and takes is told truly."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from market.benchmarks.measure import measured


def python(code: str) -> list[str]:
    """A command that runs a piece of Python."""
    return [sys.executable, "-c", code]


def test_output_and_exit_code_come_back() -> None:
    done = measured(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"))
    assert (done.code, done.stdout, done.stderr) == (3, "out\n", "err\n")


def test_sleeping_takes_the_wall_and_counting_the_processor() -> None:
    asleep = measured(python("import time; time.sleep(0.6)"))
    busy = measured(python("for _ in range(10_000_000): pass"))
    assert asleep.wall_s >= 0.6 > asleep.cpu_s
    assert busy.cpu_s > asleep.cpu_s


def test_memory_is_the_peak_not_the_end() -> None:
    """Also where the one who measures is large itself."""
    ballast = b"x" * 300_000_000
    pause = "import time; time.sleep(0.2)"
    small = measured(python(pause))
    large = measured(python(f"x = b'x' * 200_000_000; del x; {pause}"))
    assert ballast and small.peak_mb < 100
    assert 150 < large.peak_mb - small.peak_mb < 250


def test_a_command_that_takes_too_long_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        measured(python("import time; time.sleep(60)"), timeout=0.3)
    assert time.monotonic() - began < 20


def test_the_folder_is_the_one_asked_for(tmp_path: Path) -> None:
    assert measured(python("import os; print(os.getcwd())"), cwd=tmp_path).stdout.strip() == str(tmp_path)
