"""The examples in docs/adding-a-*.md work as written.

The tests also pass in a checkout in which somebody has followed a page.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from player import Player
from pydantic import Field, ValidationError

from rubato_desktop.audio.cues import load_cues
from rubato_desktop.commands import playing
from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.commands.word_checks import word_problems
from rubato_desktop.language.dictionary import Stack, conflicts
from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.loading import load_language
from rubato_desktop.resources import resource
from rubato_desktop.services.knowledge import readers
from rubato_desktop.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"


def examples(page: str) -> list[str]:
    """Return the code blocks of a page, in order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [textwrap.dedent(code) for code in re.findall(r"(?ms)^ *```\w+\n(.*?)^ *```$", text)]


@contextmanager
def command(code: str, name: str) -> Iterator[None]:
    """Run the code of a command as if it were in `playing.py`."""
    existing = REGISTRY.pop(name, None)
    try:
        exec(code, dict(vars(playing)))
        yield
    finally:
        REGISTRY.pop(name, None)
        if existing is not None:
            REGISTRY[name] = existing


def test_command_of_the_guide_works(tmp_path: Path, player: Player) -> None:
    code, word, line, *_ = examples("adding-a-command.md")
    file = tmp_path / "core.toml"
    core = resource("languages", "core.toml").read_text(encoding="utf-8").replace(word, "")
    file.write_text(core, encoding="utf-8")
    before = Stack([load_language(file)])
    file.write_text(core + word, encoding="utf-8")
    new = load_language(file).words[-1]
    ((keys, status, text),) = eval(f"[{line}]")
    assert list(conflicts(new, before)) == []
    assert keys.startswith(format_keys(new.keys))
    with command(code, new.command):
        assert list(word_problems(new)) == []
        result = player.run(new.command, milliseconds=250)
        assert (result.status, text in result.text) == (status, True), result.text


def test_language_of_the_guide_has_no_conflicts(tmp_path: Path) -> None:
    file = tmp_path / "chopin.toml"
    file.write_text(examples("adding-a-language.md")[0], encoding="utf-8")
    words = load_language(file).words
    assert [word.name for word in words] == ["slow take", "back"]
    for word in words:
        assert list(word_problems(word)) == []
        assert list(conflicts(word, Stack([load_language(resource("languages", "core.toml"))]))) == []


def test_cue_of_the_guide_passes_the_checks_of_cues(tmp_path: Path) -> None:
    table, case, line = examples("adding-a-cue.md")
    file = tmp_path / "cues.toml"
    present = resource("sounds", "cues.toml").read_text(encoding="utf-8").replace(table, "")
    file.write_text(present + table, encoding="utf-8")
    *others, cue = load_cues(file).values()
    assert f'"{cue.name}"' in case and f'"{cue.name}"' in line
    assert cue.end_ms <= 200
    assert cue.program not in {other.program for other in others}


def test_document_format_of_the_guide_passes_its_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, entry, test = examples("adding-a-document-format.md")
    ((suffix, reference),) = eval(f"{{{entry}}}").items()
    module = ModuleType(f"{readers.__name__}.{reference.partition('.')[0]}")
    exec(code, vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(readers._READERS, suffix, reference)

    def written(folder: Path, name: str, text: str) -> Path:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    names: dict[str, Any] = {"Path": Path, "read": readers.read, "written": written}
    exec(test, names)
    (check,) = (value for name, value in names.items() if name.startswith("test_"))
    check(tmp_path)


def test_setting_of_the_guide_has_its_default_and_bounds() -> None:
    field = examples("adding-a-setting.md")[0]
    name = field.partition(":")[0]
    names: dict[str, Any] = {"Settings": Settings, "Field": Field}
    exec("class Extended(Settings):\n" + textwrap.indent(field, "    "), names)
    extended: Callable[..., Settings] = names["Extended"]
    assert getattr(extended(), name) == 80
    with pytest.raises(ValidationError):
        extended(**{name: 0})
