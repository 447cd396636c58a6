"""`./run` and `./test` install what is missing, once, and say what they cannot install."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import install
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-test.lock"]

# An application as small as they come: it brings its own build tool, so that setting it up needs no network.
TINY_PROJECT = """
[build-system]
requires = []
build-backend = "tiny"
backend-path = ["."]
"""
TINY_BACKEND = """
import zipfile
from pathlib import Path

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    info = "tiny-1.dist-info"
    with zipfile.ZipFile(Path(folder, name), "w") as wheel:
        wheel.writestr("tiny.pth", str(Path.cwd()))
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\\nrubato = tiny:main\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name

def main():
    import sys
    print("rubato", *sys.argv[1:])
"""


class Checkout:
    """A new checkout of a tiny program, with this project's own ./run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "packaging").mkdir(parents=True)
        for name in (
            "run",
            *(f"packaging/{file.name}" for file in (ROOT / "packaging").iterdir() if file.is_file()),
        ):
            shutil.copy(ROOT / name, folder / name)
        (folder / "pyproject.toml").write_text(TINY_PROJECT)
        (folder / "tiny.py").write_text(TINY_BACKEND)
        (folder / "rubato_desktop").mkdir()
        (folder / "rubato_desktop" / "module.py").write_text("")
        for lock in LOCKS:
            (folder / lock).write_text("")

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start ./run from another folder."""
        return subprocess.Popen(
            [self.folder / "run", *arguments],
            cwd="/",
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        """Run ./run; returns its exit status, standard output and standard error."""
        started = self.start(*arguments, **environment)
        out, error = started.communicate(timeout=240)
        return started.returncode, out, error


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout whose first ./run was killed, and which was then started twice at once."""
    checkout = Checkout(tmp_path_factory.mktemp("set-up") / "Ada's checkout")
    first = checkout.start("--headless")
    while not (checkout.folder / ".venv/bin/python").exists():
        assert first.poll() is None, first.communicate()
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    for again in [checkout.start("--headless"), checkout.start("--headless")]:
        output = again.communicate(timeout=240)
        assert again.returncode == 0, output
    return checkout


def test_an_interrupted_installation_is_repeated_once_and_opens_the_program(
    checkout: Checkout,
) -> None:
    assert checkout.run("--headless", "--data", "my sessions") == (
        0,
        "rubato run --headless --data my sessions\n",
        "",
    )


def test_the_program_is_compiled_before_it_opens(checkout: Checkout) -> None:
    assert list((checkout.folder / "rubato_desktop").glob("__pycache__/module.*.pyc"))


def test_the_second_start_uses_neither_pip_nor_the_network(checkout: Checkout) -> None:
    pip = checkout.folder / ".venv/lib" / f"python3.{sys.version_info.minor}" / "site-packages/pip"
    aside = pip.rename(pip.with_name("pip-aside"))
    try:
        assert checkout.run("--headless") == (0, "rubato run --headless\n", "")
    finally:
        aside.rename(pip)


def test_without_a_screen_the_program_suggests_the_demo(tmp_path: Path) -> None:
    rubato = Path(sys.executable).with_name("rubato")
    screenless = {
        name: value for name, value in os.environ.items() if "DISPLAY" not in name and "QT_" not in name
    }
    done = subprocess.run(
        [rubato, "run", "--data", tmp_path],
        env=screenless,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "screen" in done.stderr
    assert "rubato demo" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_changed_lock_is_installed(checkout: Checkout) -> None:
    lock = checkout.folder / "requirements.lock"
    lock.write_text("# changed\n")
    status, _, output = checkout.run("--headless")
    assert (status, "Installing" in output, "Ready" in output) == (0, True, True)
    assert checkout.run("--headless")[2] == ""


def test_packages_that_cannot_be_installed_are_reported_and_the_old_ones_kept(checkout: Checkout) -> None:
    lock = checkout.folder / "requirements.lock"
    before = lock.read_text()
    lock.write_text(f"no-such-package==1 --hash=sha256:{'0' * 64}\n")
    try:
        status, _, output = checkout.run("--headless", PIP_NO_INDEX="1")
    finally:
        lock.write_text(before)
    assert status == 2
    assert "could not be installed" in output
    assert "Traceback" not in output
    assert checkout.run("--headless") == (0, "rubato run --headless\n", "")


def test_a_deleted_command_line_is_reinstalled(checkout: Checkout) -> None:
    (checkout.folder / ".venv/bin/rubato").unlink()
    assert checkout.run("--headless")[:2] == (0, "rubato run --headless\n")


def test_a_deleted_python_is_reinstalled(checkout: Checkout) -> None:
    python = checkout.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/no/such/python")
    assert checkout.run("--headless")[:2] == (0, "rubato run --headless\n")


def test_a_machine_without_a_suitable_python_is_told_which_to_install(
    checkout: Checkout, tmp_path: Path
) -> None:
    for name in ("sh", "dirname", "readlink"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    elsewhere = Checkout(tmp_path / "elsewhere")
    script = elsewhere.folder / "packaging/find-python.sh"
    script.write_text(script.read_text().replace("/usr/bin/python3", "/no/such/python3"))
    status, _, output = elsewhere.run(PATH=str(tmp_path))
    assert status == 2
    assert "Python 3.11 or 3.12" in output


def test_every_system_package_of_the_tests_is_installed() -> None:
    assert install.packages_missing(install.packages_listed("test")) == []


def test_a_missing_system_package_is_noticed() -> None:
    assert install.packages_missing(["libc6", "no-such-package"]) == ["no-such-package"]


def test_the_tests_need_everything_that_the_program_needs() -> None:
    assert set(install.packages_listed("run")) < set(install.packages_listed("test"))


def pins(lock: str) -> set[str]:
    """Return ``name==version ; marker`` of every package in a lock."""
    return set(re.findall(r"^([\w.-]+==\S+(?: ; [^\\]+)?)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=\w)", text.strip())
    assert blocks and all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"://|--index|--find-links|file:|@", text)


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ["build"]), ("requirements-test.lock", ["test", "build"])]
)
def test_every_dependency_is_locked_in_an_allowed_version(lock: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    locked = {pin.split("==")[0]: pin.split("==")[1].split()[0] for pin in pins(lock)}
    for requirement in map(Requirement, requirements):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert name in locked, f"{name} is not in {lock}; run packaging/lock.sh"
        assert requirement.specifier.contains(locked[name]), f"{name}: run packaging/lock.sh"


def test_the_tests_use_the_same_versions_as_the_program() -> None:
    assert pins("requirements.lock") <= pins("requirements-test.lock")
