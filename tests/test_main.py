"""`python3 -m market` on a machine that has nothing but Python: the set-up, its refusals, its hints."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from market import __main__ as bootstrap

ROOT = Path(__file__).resolve().parents[1]
PYTHON = getattr(sys, "_base_executable", sys.executable)  # outside the environment that runs the tests
CLI = "import sys, sekarung\ndef main():\n    print('ran', sys.prefix, *sys.argv[1:])\n    return 3\n"


def make_clone(where: Path) -> Path:
    """A checkout whose locks want one package from a local file: its set-up needs no network."""
    clone = where / "lumbung"
    (clone / "market").mkdir(parents=True)
    shutil.copy(ROOT / "market" / "__main__.py", clone / "market")
    for name in ("__init__.py", "bootstrap.lock"):
        (clone / "market" / name).touch()
    (clone / "market" / "cli.py").write_text(CLI)
    lock = wheel(where / "wheels", "sekarung", "1.0")
    (clone / "market" / "requirements.lock").write_text(lock)
    (clone / "market" / "requirements-dev.lock").write_text(
        lock + wheel(where / "wheels", "timbangan", "2.0")
    )
    return clone


def wheel(where: Path, name: str, version: str) -> str:
    """Makes a wheel and returns its line for the lock."""
    where.mkdir(exist_ok=True)
    path = where / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "weight_kg = 25\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def begin(clone: Path, *arguments: str, program: tuple[str, ...] = (PYTHON, "-m", "market"), **more: str):
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LUMBUNG_", "PIP_", "UV_"))
    }
    settings = {
        "HOME": str(clone.parent),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(clone.parent / "wheels"),
    }
    return subprocess.Popen(
        [*program, *arguments],
        cwd=clone,
        env=kept | settings | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def market(clone: Path, *arguments: str, **more) -> tuple[int, str, str]:
    return end(begin(clone, *arguments, **more))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A clone after its first use, and what that first use said."""
    clone = make_clone(tmp_path_factory.mktemp("built"))
    return clone, market(clone, "demo", "--city", "malang")


def test_first_use_prepares_and_then_runs_the_command(built):
    clone, (code, out, err) = built
    assert (code, out) == (3, f"ran {clone}/.venv demo --city malang\n"), err
    assert "prepares" in err
    assert " s\n" in err, "people see how long a step took"


def test_later_uses_start_at_once(built):
    clone, _ = built
    assert market(clone, "serve") == (3, f"ran {clone}/.venv serve\n", "")


def test_the_console_script_and_the_inner_python_do_the_same(built):
    clone, _ = built
    inside = f"ran {clone}/.venv verify\n"
    assert market(clone, "verify", program=(f"{clone}/.venv/bin/lumbung",)) == (3, inside, "")
    assert market(clone, "verify", program=(f"{clone}/.venv/bin/python", "-m", "market")) == (3, inside, "")


def test_testing_adds_its_tools_and_asking_where_runs_nothing(built):
    clone, _ = built
    assert not list(clone.glob(".venv/lib/*/site-packages/timbangan.py"))
    code, out, err = market(clone, "--where", "test")
    assert (code, out) == (0, f"{clone}/.venv/bin/python\n"), err
    assert list(clone.glob(".venv/lib/*/site-packages/timbangan.py"))
    assert market(clone, "--where") == (0, out, ""), "the tools do not disturb running"


def test_a_changed_lock_is_followed_and_a_package_out_of_reach_explained(built):
    clone, _ = built
    lock = clone / "market" / "requirements.lock"
    before = lock.read_text()
    lock.write_text(before + "tiada==9.9 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    code, out, err = market(clone, "demo")
    assert (code, out) == (1, "")
    assert "package index could not be reached" in err
    assert "Traceback" not in err
    lock.write_text(before)
    assert market(clone, "demo")[0] == 3, "what was half done is done anew"


def test_a_file_that_is_not_the_locked_one_is_refused(built):
    clone, _ = built
    lock = clone / "market" / "requirements.lock"
    before = lock.read_text()
    lock.write_text(wheel(clone.parent / "wheels", "karung", "1.0") + before)
    forged = clone.parent / "wheels" / "karung-1.0-py3-none-any.whl"
    forged.write_bytes(forged.read_bytes() + b"x")
    code, _, err = market(clone, "demo")
    lock.write_text(before)
    assert code == 1
    assert "not the one the lock names" in err
    assert not list(clone.glob(".venv/lib/*/site-packages/karung.py"))


def test_killed_in_the_middle_and_two_at_once(tmp_path):
    clone = make_clone(tmp_path)
    first = begin(clone, "demo")
    while not (clone / ".venv" / "bin").exists():
        assert first.poll() is None
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    end(first)
    assert (clone / ".venv" / "lumbung-building").exists()
    both = [end(process) for process in [begin(clone, "demo"), begin(clone, "demo")]]
    assert [code for code, _, _ in both] == [3, 3], both
    assert sum("prepares" in err for _, _, err in both) == 1, "one builds, the other waits"
    assert any("waiting" in err for _, _, err in both)


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    clone = make_clone(tmp_path)
    letters = tmp_path / "surat"
    letters.mkdir()
    (letters / "penting.txt").write_text("jangan dihapus")
    code, out, err = market(clone, "demo", LUMBUNG_VENV=str(letters))
    assert (code, out) == (1, "")
    assert "left alone" in err
    assert [path.name for path in letters.iterdir()] == ["penting.txt"]


@pytest.mark.parametrize(
    ("log", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("[Errno 30] Read-only file system: '/opt/x'", "LUMBUNG_VENV"),
        ("PermissionError: [Errno 13] Permission denied", "LUMBUNG_VENV"),
        ("error: dns error: failed to lookup address", "Check the network"),
        ("Temporary failure in name resolution\nNo matching distribution found", "Check the network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one the lock names"),
        ("The virtual environment was not created because ensurepip is not available", "python3-venv"),
        ("segmentation fault", "Run the same command again"),
    ],
)
def test_each_way_to_fail_has_its_advice(log, advice):
    assert advice in bootstrap.explain(log)


@pytest.mark.parametrize("version", [(3, 10, 9), (3, bootstrap.NEWEST[1] + 1, 0), (4, 0, 0)])
def test_a_python_too_old_or_too_new_is_named(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(
        bootstrap.SetupError, match=r"needs Python 3\.11 to 3\.\d+; this is {}\.{}".format(*version)
    ):
        bootstrap.check_platform()


def test_a_fitting_python_on_the_machine_is_pointed_out(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["market", "demo"])
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "python3.12" else None)
    with pytest.raises(bootstrap.SetupError, match=r"python3\.12 -m market demo"):
        bootstrap.check_platform()


def test_a_missing_venv_module_is_named_before_anything_is_tried(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else name)
    with pytest.raises(bootstrap.SetupError, match="python3-venv"):
        bootstrap.Environment(tmp_path / "venv").make()


def test_a_full_disk_is_named_although_it_swallowed_the_message(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    environment = bootstrap.Environment(tmp_path)
    environment.log.touch()
    with pytest.raises(bootstrap.SetupError, match="disk is full"):
        environment.require("weighing", [sys.executable, "-c", "raise SystemExit(1)"])


def test_a_process_is_restarted_once_and_never_in_a_circle(tmp_path, monkeypatch):
    monkeypatch.setenv("LUMBUNG_VENV", str(tmp_path / "nowhere"))
    monkeypatch.setenv(bootstrap.STARTED, str(os.getpid()))
    assert bootstrap.prepare(["demo"]) == (False, None)
    assert bootstrap.STARTED not in os.environ, "what this process starts is not this process"


def test_only_an_exact_set_of_packages_counts_as_complete(tmp_path, monkeypatch):
    lock = tmp_path / "lock"
    lock.write_text("Sekarung.Beras==1.0 \\\n    --hash=sha256:0\nwin==2 ; sys_platform == 'win32' \\\n")
    monkeypatch.setitem(bootstrap.LOCKS, "run", lock)
    assert bootstrap.pins(lock) == {"sekarung-beras": "1.0"}
    assert not bootstrap.complete([str(tmp_path)], "run")
    (tmp_path / "sekarung_beras-1.1.dist-info").mkdir()
    assert not bootstrap.complete([str(tmp_path)], "run")
    (tmp_path / "sekarung_beras-1.1.dist-info").rename(tmp_path / "Sekarung_Beras-1.0.dist-info")
    assert bootstrap.complete([str(tmp_path), "/nowhere"], "run")
