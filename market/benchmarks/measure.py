"""A command run in a process of its own and measured: seconds on the wall, processor seconds, peak memory."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

STEP_S = 0.02


@dataclass(frozen=True)
class Measured:
    """What a command said and what it took; processor seconds of its own processes' children included."""

    code: int
    stdout: str
    stderr: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def measured(command: Sequence[str], *, timeout: float | None = None, cwd: Path | None = None) -> Measured:
    """Run a command to its end; ended after `timeout` seconds (raises subprocess.TimeoutExpired)."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen(command, stdout=out, stderr=err, cwd=cwd)
        waited, status, usage = os.wait4(child.pid, os.WNOHANG)
        peak = 0.0
        while waited == 0:
            peak = max(peak, _peak_mb(child.pid))
            if timeout is not None and time.monotonic() - began > timeout:
                child.send_signal(signal.SIGKILL)
                os.wait4(child.pid, 0)
                child.returncode = -signal.SIGKILL
                raise subprocess.TimeoutExpired(command, timeout)
            time.sleep(STEP_S)
            waited, status, usage = os.wait4(child.pid, os.WNOHANG)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        cpu = usage.ru_utime + usage.ru_stime
        return Measured(child.returncode, _text(out), _text(err), wall, cpu, peak or usage.ru_maxrss / 1024)


def _peak_mb(pid: int) -> float:
    """Peak memory so far, looked up while it runs: what wait4 says begins with the parent's own."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
    except OSError:
        return 0.0


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def machine() -> dict[str, Any]:
    """What this was measured on, and how busy it was."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "machine": model,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }
