"""`python3 -m market COMMAND`: the one command that a fresh clone needs.

It runs on the standard library alone. The first use builds `.venv` from `requirements.lock` (every package
checked against its hash), later uses start inside it at once; then `market.cli` takes over, exactly as the
console script `lumbung` does. `test` adds the test tools of `requirements-dev.lock`.

`LUMBUNG_VENV` names another folder than `.venv`. `python3 -m market --where [test]` prepares the folder
and prints its interpreter. All progress goes to stderr; stdout belongs to the command.
"""

import contextlib
import gc
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

with contextlib.suppress(ImportError):  # Windows has none: check_platform() explains
    import fcntl

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEWEST = (3, 14)
LOCKS = {
    "run": ROOT / "market" / "requirements.lock",
    "test": ROOT / "market" / "requirements-dev.lock",
}
INSTALLER_LOCK = ROOT / "market" / "bootstrap.lock"
STARTED = "LUMBUNG_STARTED_PID"  # execv keeps the pid, children do not inherit it: no endless restart

# What the log says -> what the person should do. The first match wins.
HINTS: Tuple[Tuple[Tuple[str, ...], str], ...] = (
    (
        ("no space left", "os error 28", "errno 28", "disk quota exceeded"),
        "The disk is full. Free about 1 GB, or put the environment elsewhere: LUMBUNG_VENV=/other/folder",
    ),
    (
        ("do not match the hashes", "hash mismatch"),
        "A downloaded file is not the one the lock names, so nothing of it was used. "
        "Look for a proxy or mirror that changes files, clear its cache, and run the same command again.",
    ),
    (
        ("read-only file system", "permission denied", "os error 30", "os error 13", "errno 30", "errno 13"),
        "That folder cannot be written. Put the environment elsewhere: LUMBUNG_VENV=/folder/of/yours",
    ),
    (
        ("ensurepip", "no module named pip", "no module named venv"),
        "This Python lacks its venv module. On Debian and Ubuntu: sudo apt-get install python3-venv",
    ),
    (
        ("name resolution", "name or service not known", "dns error", "failed to establish", "refused")
        + ("connection reset", "unreachable", "timed out", "sending request", "failed to fetch")
        + ("certificate", "no matching distribution", "no solution found"),
        "The package index could not be reached. Check the network (behind a proxy: set HTTPS_PROXY) "
        "and run the same command again.",
    ),
)


class SetupError(Exception):
    """The environment cannot be prepared; the text says why and what to do."""


def say(text: str, end: str = "\n") -> None:
    """Writes progress to stderr: stdout may be somebody's JSON."""
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except (OSError, ValueError):  # a closed terminal must not stop the set-up
        pass


def explain(log: str) -> str:
    """The hint that fits what pip or uv wrote, or the plainest advice."""
    text = log.lower()
    for signs, hint in HINTS:
        if any(sign in text for sign in signs):
            return hint
    return "Run the same command again; if it fails at the same place, the lines above say why."


def check_platform() -> None:
    """Raises SetupError where Lumbung cannot run: a wrong system or a wrong Python."""
    if os.name != "posix":
        raise SetupError("Lumbung runs on Linux and macOS. On Windows use WSL: https://aka.ms/wsl")
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    text = "Lumbung needs Python {}.{} to {}.{}; this is {}.{}.".format(
        *OLDEST, *NEWEST, *sys.version_info[:2]
    )
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        if shutil.which("python3.{}".format(minor)):
            text += " Here it is: python3.{} -m market {}".format(minor, " ".join(sys.argv[1:]))
            break
    else:
        text += " On Debian 12 or Ubuntu 24.04 and later: sudo apt-get install python3 python3-venv"
    raise SetupError(text)


def pins(lock: Path) -> Dict[str, str]:
    """Name -> version of the packages that the lock wants on every system (no condition)."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)[ \t]*\\?$", lock.read_text("utf-8"), re.M)
    return {canonical(name): version for name, version in found}


def canonical(name: str) -> str:
    """The one spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(folders: Sequence[str]) -> Dict[str, str]:
    """Name -> version of what lies in these folders, by file names alone (fast: no metadata is parsed)."""
    found: Dict[str, str] = {}
    for folder in folders:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder or "."):
                if name.endswith(".dist-info"):
                    package, _, version = name[: -len(".dist-info")].rpartition("-")
                    found.setdefault(canonical(package), version)
    return found


def complete(folders: Sequence[str], kind: str) -> bool:
    """Whether these folders hold every package of the lock in its exact version."""
    return pins(LOCKS[kind]).items() <= installed(folders).items()


class Environment:
    """The folder with Lumbung's packages; ready only when its last step, the mark, has been written."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(str(folder)))
        self.python = self.folder / "bin" / "python"
        self.mark = self.folder / "lumbung-ready.json"
        self.building = self.folder / "lumbung-building"  # present = somebody was interrupted here
        self.log = self.folder / "lumbung-setup.log"
        self.lock_fd = -1

    # What is there

    def is_this_process(self) -> bool:
        return os.path.realpath(sys.prefix) == os.path.realpath(str(self.folder))

    def version(self) -> Optional[str]:
        """`3.11` of the interpreter inside, None when there is none that runs."""
        if self.is_this_process():
            return "{}.{}".format(*sys.version_info[:2])
        question = "import sys; print('{}.{}'.format(*sys.version_info[:2]))"
        try:
            answer = subprocess.run(
                [str(self.python), "-I", "-c", question], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError:
            return None
        return answer.stdout.decode().strip() or None if answer.returncode == 0 else None

    def packages(self) -> Optional[Path]:
        """site-packages of the interpreter inside; None when the folder was built for another version."""
        folder = self.folder / "lib" / "python{}".format(self.version()) / "site-packages"
        return folder if folder.is_dir() else None

    def seal(self, kind: str) -> str:
        """What must not have changed since the folder was built: the lock, the Python, the two places."""
        places = "\0{}\0{}\0{}".format(self.version(), ROOT, self.folder)
        return hashlib.sha256(LOCKS[kind].read_bytes() + places.encode()).hexdigest()

    def seals(self) -> Dict[str, str]:
        try:
            found = json.loads(self.mark.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def ready(self, kind: str) -> bool:
        written = None if self.building.exists() else self.seals().get(kind)
        return written is not None and self.packages() is not None and written == self.seal(kind)

    # Making it so

    def prepare(self, kind: str) -> None:
        """Builds or completes the folder; two at once wait for each other. Raises SetupError."""
        with self.locked():
            if self.ready(kind):
                return
            packages = self.packages()
            if packages and not self.building.exists() and complete([str(packages)], kind):
                self.finish(kind, packages)  # made by hand (`pip install -e .`) and already right
                return
            began = time.monotonic()
            size = "800 MB with the test tools" if kind == "test" else "400 MB"
            say("Lumbung prepares {} (needs the network and {} of disk)".format(self.folder, size))
            self.build(kind)
            say("  ready in {:.1f} s".format(time.monotonic() - began))

    def build(self, kind: str) -> None:
        anew = self.building.exists() or self.packages() is None
        if anew:
            self.empty()
        self.building.touch()
        self.log.write_text("", "utf-8")
        if anew:
            self.make()
        self.install(kind)
        packages = self.packages()
        if packages is None:
            raise SetupError("{} was built, but has no site-packages.".format(self.folder))
        self.finish(kind, packages)

    def empty(self) -> None:
        """Removes what an interrupted or outdated build left; refuses a folder that is no environment."""
        self.folder.mkdir(parents=True, exist_ok=True)
        left = [entry for entry in self.folder.iterdir() if entry != self.building]
        ours = self.building.exists() or self.mark.exists() or (self.folder / "pyvenv.cfg").exists()
        if left and not ours:
            raise SetupError(
                "{} holds files and is no Python environment; it was left alone. "
                "Name an empty folder: LUMBUNG_VENV=/folder/of/yours".format(self.folder)
            )
        self.building.touch()  # before the first file goes: a half-emptied folder must be known as such
        for entry in left:
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(str(entry))
            else:
                entry.unlink()

    def make(self) -> None:
        if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
            raise SetupError(explain("no module named venv"))
        base = getattr(sys, "_base_executable", None) or sys.executable
        self.require("making the environment", [base, "-I", "-m", "venv", str(self.folder)])

    def install(self, kind: str) -> None:
        """uv is quick; where it cannot be had, pip does the same from the same lock, slowly."""
        count = len(pins(LOCKS[kind]))
        pip = [str(self.python), "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        pip.append("--require-hashes")
        uv = self.folder / "bin" / "uv"
        only_wheels = ["--only-binary", ":all:", "-r", str(INSTALLER_LOCK)]
        if not uv.exists():
            self.run("fetching the installer uv", pip + only_wheels)
        if uv.exists():
            command = [str(uv), "pip", "install", "--require-hashes", "--python", str(self.python)]
            if not os.access(os.path.expanduser("~"), os.W_OK):
                command.append("--no-cache")
            if self.run("installing {} packages".format(count), command + ["-r", str(LOCKS[kind])]) == 0:
                return
        say("  uv did not manage; trying with pip alone, which takes longer")
        self.require("installing {} packages with pip".format(count), pip + ["-r", str(LOCKS[kind])])

    def finish(self, kind: str, packages: Path) -> None:
        """Links the project itself (no build step), then writes the mark as the very last thing."""
        (packages / "lumbung.pth").write_text("{}\n".format(ROOT), "utf-8")
        script = self.folder / "bin" / "lumbung"
        text = "#!{}\nimport sys\nfrom market.cli import main\nsys.exit(main())\n".format(self.python)
        script.write_text(text, "utf-8")
        script.chmod(0o755)
        kinds = ("run", "test") if kind == "test" else ("run",)
        seals = {key: value for key, value in self.seals().items() if value == self.seal(key)}
        seals.update({key: self.seal(key) for key in kinds})
        draft = self.mark.with_suffix(".new")
        draft.write_text(json.dumps(seals), "utf-8")
        os.replace(str(draft), str(self.mark))
        with contextlib.suppress(FileNotFoundError):
            self.building.unlink()

    # Running one step

    def require(self, step: str, command: List[str]) -> None:
        if self.run(step, command) != 0:
            text = self.log.read_text("utf-8", "replace")
            lines = ["    " + line[:150] for line in text.strip().splitlines()[-5:]]
            # A full disk has no room for its own message.
            full = shutil.disk_usage(str(self.folder)).free < 20_000_000
            hint = explain("no space left" if full else text)
            raise SetupError("{} failed.\n{}\n{}".format(step, "\n".join(lines), hint))

    def run(self, step: str, command: List[str]) -> int:
        """Runs one step with its output in the log and its seconds on the screen."""
        settings = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
        settings.pop("PYTHONHOME", None)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=settings,
                # A step that outlives a killed parent keeps the lock until it ends.
                pass_fds=(self.lock_fd,) if self.lock_fd >= 0 else (),
            )
            try:
                return watch(process, step)
            except BaseException:
                process.kill()
                process.wait()
                raise

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the environment's parent folder: no lock file is left behind, and kill -9 releases it."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.lock_fd = os.open(str(self.folder.parent), os.O_RDONLY)
        try:
            self.take_lock()
            yield
        finally:
            os.close(self.lock_fd)
            self.lock_fd = -1

    def take_lock(self) -> None:
        waits = 0.0
        while True:
            try:
                fcntl.flock(self.lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if waits == 0:
                    say("Another command is preparing {}; waiting for it".format(self.folder))
                time.sleep(0.2)
                waits += 0.2
            except OSError:  # some network file systems have no locks: then there is none
                return


def watch(process: "subprocess.Popen[bytes]", step: str) -> int:
    """Waits for a step and shows its seconds: ticking on a terminal, now and then in a log."""
    began = time.monotonic()
    live = sys.stderr.isatty()
    if live:
        say("  {} ...".format(step), end="")
    while True:
        try:
            code = process.wait(0.5 if live else 20)
        except subprocess.TimeoutExpired:
            text = "  {} ... {:.0f} s".format(step, time.monotonic() - began)
            say("\r" + text if live else text, end="" if live else "\n")
            continue
        result = "{:.1f} s".format(time.monotonic() - began) + ("" if code == 0 else " (did not work)")
        say("{}  {}: {}          ".format("\r" if live else "", step, result).rstrip(" "))
        return code


def ensure(kind: str) -> Optional[Environment]:
    """The environment to continue in, or None when this very process has all it needs."""
    chosen = os.environ.get("LUMBUNG_VENV") or str(ROOT / ".venv")
    environment = Environment(Path(chosen).expanduser())
    if environment.ready(kind):
        return None if environment.is_this_process() else environment
    if not environment.is_this_process() and complete(sys.path, kind):
        return None  # an image or a developer's own environment
    environment.prepare(kind)
    return environment


def prepare(arguments: List[str]) -> Tuple[bool, Optional[Environment]]:
    """(only asked where?, the environment to continue in or None for this process). Raises SetupError."""
    check_platform()
    asking = arguments[:1] == ["--where"]
    if not asking and os.environ.pop(STARTED, "") == str(os.getpid()):
        return False, None
    wanted = arguments[1:2] if asking else arguments[:1]
    return asking, ensure("test" if wanted == ["test"] else "run")


def main() -> int:
    """Runs one command; every way the set-up can fail ends in plain words."""
    try:
        asking, environment = prepare(sys.argv[1:])
    except SetupError as error:
        say("Lumbung: {}".format(error))
        return 1
    except OSError as error:
        say("Lumbung: {}\n{}".format(error, explain(str(error))))
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again: what is half done is done anew.")
        return 130
    if asking:
        print(environment.python if environment else sys.executable)
    elif environment is None:
        # By name: a plain import above would need the packages that are only being installed.
        gc.disable()  # no import makes garbage: looking for it was a fifth of the start
        commands = importlib.import_module("market.cli")
        gc.enable()
        return int(commands.main() or 0)
    else:
        os.environ[STARTED] = str(os.getpid())
        os.execv(str(environment.python), [str(environment.python), "-m", "market"] + sys.argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
