"""The docs are correct: generated pages are up to date, links and names exist, examples work."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import make_docs
import pytest
from user_texts import user_texts

from rubato_desktop import cli
from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.services.sessions.journal_format import decode, encode

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")])


@pytest.mark.parametrize("name", make_docs.PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    written = (make_docs.REFERENCE / name).read_text(encoding="utf-8")
    assert written == make_docs.PAGES[name](), "stale; run .venv/bin/python packaging/make_docs.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_points_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_files_exist(page: Path) -> None:
    named = re.findall(
        r"`\.?/?((?:packaging|benchmarks|tests|resources|rubato_desktop|extension_bridge|docs)/[\w./-]*)",
        page.read_text(encoding="utf-8"),
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "page",
    # The guides name modules that the reader creates.
    [page for page in PAGES if not page.name.startswith("adding-a-")],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_named_modules_exist(page: Path) -> None:
    named = set(re.findall(r"`(?:[\w.]+/)*(\w+\.py)`", page.read_text(encoding="utf-8")))
    existing = {
        path.name
        for top in ("rubato_desktop", "extension_bridge", "packaging", "benchmarks", "tests")
        for path in (ROOT / top).rglob("*.py")
    }
    assert named - existing == set()


def test_architecture_lists_every_package_and_layer() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    source = ROOT / "rubato_desktop"
    packages = [
        path.parent
        for pattern in ("*", "midi/*", "services/*", "ui/*")
        for path in source.glob(f"{pattern}/__init__.py")
    ]
    assert [package.name for package in packages if f"{package.name}/" not in text] == []
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = {name for line in contracts[0]["layers"] for name in re.findall(r"\w+", line)} - {"__main__"}
    (diagram,) = re.findall(r"(?s)```\n(cli .*?)```", text)
    assert set(re.findall(r"\w+", diagram)) == layers


def test_packages_of_the_architecture_exist() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+/)`", text)
    parents = [
        ROOT,
        ROOT / "rubato_desktop",
        ROOT / "rubato_desktop/services",
        ROOT / "rubato_desktop/ui",
        ROOT / "tests",
    ]
    assert [name for name in named if not any((parent / name).is_dir() for parent in parents)] == []


def test_every_command_line_in_the_readme_is_valid() -> None:
    lines = re.findall(
        r"^\| `rubato ([^`]+)`", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(lines) > 8
    for line in lines:
        cli.parser().parse_args(shlex.split(line))


def test_reference_lists_every_command() -> None:
    text = (make_docs.REFERENCE / "commands.md").read_text(encoding="utf-8")
    assert [name for name in REGISTRY if f"### `{name}`" not in text] == []


@pytest.mark.parametrize(
    "line",
    re.findall(r"^\{\"kind.*$", (ROOT / "docs/recording.md").read_text(encoding="utf-8"), re.MULTILINE),
)
def test_a_journal_line_in_the_docs_is_what_the_journal_writes(line: str) -> None:
    assert encode(decode(line.encode())) == line.encode() + b"\n"


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("rubato_desktop/commands/recording.py", "Start recording"),  # a command's help
        ("rubato_desktop/commands/general.py", "There is no word {played}"),  # an error, with a value in it
        ("rubato_desktop/cli/hearing.py", "list the installed models"),  # an option of the command line
        ("rubato_desktop/settings.py", "Volume of"),
        ("extension_bridge/extension/content/46-writing.js", "Passwords and cards are not written"),
        ("extension_bridge/extension/panel/panel.html", "Settings"),
        ("resources/languages/core.toml", "start recording"),
    ],
)
def test_list_of_texts_has_texts_of_every_kind(path: str, begins: str) -> None:
    assert [one for one in user_texts() if one.path == path and one.text.startswith(begins)]


def test_the_list_of_texts_has_no_patterns_and_no_log_messages() -> None:
    texts = {one.text for one in user_texts()}
    assert not [text for text in texts if "(?" in text or text.startswith(("SELECT", "a bug "))]
