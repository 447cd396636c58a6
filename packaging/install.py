"""Set up `.venv` for the program (`install.py run`) or also for its tests (`install.py test`).

It needs only Python's standard library. If everything is installed, it only reads a stamp in `.venv`. The stamp is
written last, so that an interrupted installation starts again.

Exit status: 0 if `.venv` is ready, 2 if something must be installed by hand; a paragraph on stderr says what.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "rubato-installed"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
RUBATO = PYTHON.with_name("rubato.exe" if WINDOWS else "rubato")
LOCKS = {"run": "requirements.lock", "test": "requirements-test.lock"}
UNFINISHED = "unfinished"


class Missing(Exception):
    """Something is missing that this script cannot install; the text says what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fingerprint() -> str:
    """Return a digest of everything that is to be installed, and where."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("pyproject.toml", *LOCKS.values()):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp() -> str:
    """Return the stamp: a purpose and a fingerprint, `UNFINISHED`, or empty if there is none."""
    try:
        return STAMP.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def is_ready(purpose: str) -> bool:
    """Return whether `.venv` has everything for `purpose`; an installation for tests also serves the program."""
    now = fingerprint()
    return stamp() in (f"{purpose} {now}", f"test {now}") and PYTHON.exists() and RUBATO.exists()


def packages_listed(purpose: str) -> list[str]:
    """Return the Debian packages for `purpose`, from the lists next to this file."""
    names = []
    for part in ("run", "test") if purpose == "test" else ("run",):
        lines = Path(__file__).with_name(f"debian-{part}.txt").read_text(encoding="utf-8").splitlines()
        names += [name for line in lines if (name := line.partition("#")[0].strip())]
    return names


def packages_missing(names: list[str]) -> list[str]:
    """Return those of `names` that are not installed according to dpkg; none on systems without dpkg."""
    if sys.platform != "linux" or not shutil.which("dpkg-query"):
        return []
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    there = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in there]


def venv_package() -> list[str]:
    """Return the package that this Python needs to create environments, if any."""
    if importlib.util.find_spec("ensurepip") is not None:
        return []
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def root_prefix() -> list[str] | None:
    """Return the prefix that runs a command as root; None if that needs a password."""
    if os.geteuid() == 0:
        return []
    probe = ["sudo", "-n", "true"]
    if shutil.which("sudo") and subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0:
        return ["sudo", "-n"]
    return None


def install_packages(names: list[str]) -> None:
    """Install Debian packages with apt.

    Raises:
        Missing: there is no permission, or apt failed; the text has the command to run.
    """
    if not shutil.which("apt-get"):
        raise Missing(
            f"Missing system packages, and this system has no apt to install them: {' '.join(names)}"
        )
    line = f"sudo apt-get install --no-install-recommends {' '.join(names)}"
    prefix = root_prefix()
    if prefix is None:
        raise Missing(f"System packages are missing. An administrator must run:\n    {line}")
    say(f"Installing system packages (may take a minute): {' '.join(names)}")
    as_root = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    install = [*as_root, "apt-get", "install", "-y", "-q", "--no-install-recommends"]
    install += ["-o", "DPkg::Lock::Timeout=300", *names]

    def result_of(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    if packages_known(names) and result_of(install).returncode == 0:
        return
    # The package index is old or empty, or an earlier run of dpkg was interrupted.
    result_of([*as_root, "dpkg", "--configure", "-a"])
    result_of([*as_root, "apt-get", "update", "-q"])
    result = result_of(install)
    if result.returncode:
        say(result.stdout)
        raise Missing(
            f"apt could not install the system packages (see above for the reason). Try:\n    {line}"
        )


def packages_known(names: list[str]) -> bool:
    """Return whether apt knows every package; it knows none before the first `apt-get update`."""
    answer = subprocess.run(["apt-cache", "madison", *names], stdout=subprocess.PIPE, text=True)
    known = {line.split()[0] for line in answer.stdout.splitlines() if line.strip()}
    return known.issuperset(names)


def make_venv() -> None:
    """Create `.venv` if it is missing, unfinished or without a working Python.

    Raises:
        Missing: Python's venv module is missing or fails.
    """
    if stamp() != UNFINISHED and PYTHON.exists():
        return
    say("Creating the Python environment in .venv")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    write_stamp(UNFINISHED)
    # The interpreter behind the venv, in case this script runs in the venv that is to be recreated.
    base: str = getattr(sys, "_base_executable", sys.executable)
    if subprocess.run([base, "-I", "-m", "venv", VENV], stdout=sys.stderr).returncode:
        raise Missing("The Python environment could not be created (see above for the reason).")


def install_python_packages(purpose: str) -> None:
    """Install the locked packages for `purpose`, checked by hash, and the program itself from this folder.

    Raises:
        Missing: pip failed, most often because there is no network.
    """
    lock = ROOT / LOCKS[purpose]
    count = lock.read_text(encoding="utf-8").count("==")
    say(f"Installing about {count} Python packages (about 150 MB; takes a minute or two)")
    pip: list[str | Path] = [PYTHON, "-I", "-m", "pip", "install", "--quiet", "--no-deps"]
    pip += ["--no-input", "--disable-pip-version-check"]
    environment = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    steps: tuple[list[str | Path], ...] = (
        ["--require-hashes", "--only-binary", ":all:", "-r", lock],
        ["--no-index", "--no-build-isolation", "-e", ROOT],
    )
    for step in steps:
        if subprocess.run([*pip, *step], env=environment, stdout=sys.stderr).returncode:
            raise Missing(
                "The Python packages could not be installed (see above for the reason)."
                " Downloaded packages are kept. Check the network connection and start again."
            )


def compile_application() -> None:
    """Compile the program's modules, which would take half of the first start."""
    if (ROOT / "rubato_desktop").is_dir():
        subprocess.run(
            [PYTHON, "-I", "-m", "compileall", "-q", ROOT / "rubato_desktop"],
            stdout=sys.stderr,
            check=False,  # if the checkout is read-only, starts are just slower
        )


def install(purpose: str) -> None:
    """Install everything for `purpose` into `.venv` and write the stamp.

    Raises:
        Missing: something must be installed by hand.
    """
    with one_at_a_time():
        if is_ready(purpose):
            return
        make_venv()
        before = stamp()
        write_stamp(UNFINISHED)
        try:
            install_python_packages(purpose)
        except Missing:
            # pip downloads everything before it changes anything, so the previous installation still works.
            write_stamp(before)
            raise
        compile_application()
        write_stamp(f"{purpose} {fingerprint()}")
    say("Ready.")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock so that only one installation into this checkout runs; no lock on Windows."""
    with Path(__file__).open("rb") as held:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def write_stamp(text: str) -> None:
    beside = STAMP.with_suffix(".new")
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(STAMP)


def main(purpose: str) -> int:
    try:
        ready = is_ready(purpose)
        missing = packages_missing(packages_listed(purpose)) + ([] if ready else venv_package())
        if missing:
            try:
                install_packages(missing)
            except Missing as error:
                if purpose == "test" or (not ready and venv_package()):
                    raise Missing(f"{error}\nThen start again.") from None
                say(f"{error}\nContinuing without them.")
        if not ready:
            install(purpose)
    except Missing as error:
        say(str(error))
        return 2
    except OSError as error:
        say(f"Rubato could not be set up: {error}")
        return 2
    except KeyboardInterrupt:
        say("\nStopped. Start again to continue.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
