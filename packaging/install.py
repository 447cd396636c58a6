"""Make `.venv` ready for the application (`install.py run`) or also for its tests (`install.py test`).

It needs nothing but Python's standard library. What is ready already costs one look: the stamp in `.venv`
says what was installed, and is written last, so that an installation that was cut short is begun again.

Exit status: 0 ready, 2 something is missing that a person must bring; one paragraph on stderr says what.
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
    """Something is missing that this script cannot bring; its text tells a person what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fingerprint() -> str:
    """Return one line that changes when what is to be installed, or where, changes."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("pyproject.toml", *LOCKS.values()):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp() -> str:
    """Return what `.venv` says was installed: a purpose and a fingerprint, `UNFINISHED`, or nothing."""
    try:
        return STAMP.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def is_ready(purpose: str) -> bool:
    """Say whether `.venv` holds all that `purpose` needs; what serves the tests serves the application."""
    now = fingerprint()
    return stamp() in (f"{purpose} {now}", f"test {now}") and PYTHON.exists() and RUBATO.exists()


def packages_listed(purpose: str) -> list[str]:
    """Return the Debian packages that `purpose` needs, from the lists beside this file."""
    names = []
    for part in ("run", "test") if purpose == "test" else ("run",):
        lines = Path(__file__).with_name(f"debian-{part}.txt").read_text(encoding="utf-8").splitlines()
        names += [name for line in lines if (name := line.partition("#")[0].strip())]
    return names


def packages_missing(names: list[str]) -> list[str]:
    """Return those of `names` that dpkg does not have installed; none where there is no dpkg to ask."""
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
    """Return the package that lets this Python make environments, unless it can already."""
    if importlib.util.find_spec("ensurepip") is not None:
        return []
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def root_prefix() -> list[str] | None:
    """Return the words that let a command run as root; None when we may not become root without asking."""
    if os.geteuid() == 0:
        return []
    asked = ["sudo", "-n", "true"]
    if shutil.which("sudo") and subprocess.run(asked, stderr=subprocess.DEVNULL).returncode == 0:
        return ["sudo", "-n"]
    return None


def install_packages(names: list[str]) -> None:
    """Install Debian packages with apt.

    Raises:
        Missing: we may not, or apt could not; the text holds the line that a person can run.
    """
    if not shutil.which("apt-get"):
        raise Missing(f"These are missing, and there is no apt here to bring them: {' '.join(names)}")
    line = f"sudo apt-get install --no-install-recommends {' '.join(names)}"
    prefix = root_prefix()
    if prefix is None:
        raise Missing(f"System packages are missing, and installing them needs an administrator:\n    {line}")
    say(f"Installing system packages, which may take a minute: {' '.join(names)}")
    as_root = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    install = [*as_root, "apt-get", "install", "-y", "-q", "--no-install-recommends"]
    install += ["-o", "DPkg::Lock::Timeout=300", *names]

    def result_of(command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    if packages_known(names) and result_of(install).returncode == 0:
        return
    # The list of packages is old or empty, or an earlier run of dpkg was cut short.
    result_of([*as_root, "dpkg", "--configure", "-a"])
    result_of([*as_root, "apt-get", "update", "-q"])
    result = result_of(install)
    if result.returncode:
        say(result.stdout)
        raise Missing(
            f"apt could not install the system packages (its reason stands above). Try:\n    {line}"
        )


def packages_known(names: list[str]) -> bool:
    """Say whether apt has every package to offer; it has none until `apt-get update` ran once."""
    answer = subprocess.run(["apt-cache", "madison", *names], stdout=subprocess.PIPE, text=True)
    known = {line.split()[0] for line in answer.stdout.splitlines() if line.strip()}
    return known.issuperset(names)


def make_venv() -> None:
    """Make `.venv` where there is none, or where one was left unfinished or has lost its Python.

    Raises:
        Missing: Python's own venv module is not there, or does not do.
    """
    if stamp() != UNFINISHED and PYTHON.exists():
        return
    say("Making the Python environment in .venv")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    write_stamp(UNFINISHED)
    # The interpreter behind a venv, should this very script run in the one that is to be made anew.
    base: str = getattr(sys, "_base_executable", sys.executable)
    if subprocess.run([base, "-I", "-m", "venv", VENV], stdout=sys.stderr).returncode:
        raise Missing("The Python environment could not be made (the reason stands above).")


def install_python_packages(purpose: str) -> None:
    """Install what the lock of `purpose` names, by hash, and the application itself from this folder.

    Raises:
        Missing: pip could not; most often there is no network.
    """
    lock = ROOT / LOCKS[purpose]
    count = lock.read_text(encoding="utf-8").count("==")
    say(f"Installing about {count} Python packages (some 150 MB; a minute or two)")
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
                "The Python packages could not be installed (pip's reason stands above)."
                " What was fetched is kept. See that the network is there, and start again."
            )


def compile_application() -> None:
    """Compile the application's modules, so that its first start, too, needs not do it: half of that start."""
    if (ROOT / "rubato_desktop").is_dir():
        subprocess.run(
            [PYTHON, "-I", "-m", "compileall", "-q", ROOT / "rubato_desktop"],
            stdout=sys.stderr,
            check=False,  # a checkout that cannot be written is slower, nothing worse
        )


def install(purpose: str) -> None:
    """Bring everything for `purpose` into `.venv`, and say so in the stamp.

    Raises:
        Missing: a person must bring something.
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
            # pip fetches everything before it touches anything: what stood before still stands.
            write_stamp(before)
            raise
        compile_application()
        write_stamp(f"{purpose} {fingerprint()}")
    say("Ready.")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other installation into this checkout is under way, where the system has such locks."""
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
                say(f"{error}\nGoing on without.")
        if not ready:
            install(purpose)
    except Missing as error:
        say(str(error))
        return 2
    except OSError as error:
        say(f"Rubato could not be set up here: {error}")
        return 2
    except KeyboardInterrupt:
        say("\nStopped. Start again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
