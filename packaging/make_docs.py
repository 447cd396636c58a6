"""Generate `docs/reference/` from the program: command registry, settings, languages, command line, models.

`make_docs.py` writes the pages; tests/test_docs.py fails while one of them is out of date.
`make_docs.py --texts` prints all texts that users can see instead.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from pretty_midi.constants import INSTRUMENT_MAP as INSTRUMENT_NAMES
from pydantic.fields import FieldInfo
from user_texts import user_texts

import rubato_desktop.commands
from rubato_desktop import cli
from rubato_desktop.commands.registry import NEEDS, REGISTRY, Argument, Command
from rubato_desktop.language.dictionary import Language, Parameter, Stack, Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.loading import load_language
from rubato_desktop.language.parameters import Timing
from rubato_desktop.language.readers import KINDS, reader_for
from rubato_desktop.packaged_models import packaged_models
from rubato_desktop.resources import ROOT as RESOURCES
from rubato_desktop.services.page_sound.cells import KINDS as ELEMENTS
from rubato_desktop.services.page_sound.cells import Kind
from rubato_desktop.services.page_sound.table import Voice, load_table
from rubato_desktop.settings import DeviceSettings, Settings

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
PLACEHOLDERS = "placeholders"  # the subject of commands that are not available yet, listed last
TITLES = {
    "open": "Opening",
    PLACEHOLDERS: "Not available yet",
}  # of subjects that are not named after their module
GENERATED = "<!-- Written by packaging/make_docs.py; change the source, not this page. -->"


def languages() -> list[Language]:
    """Return the built-in languages."""
    folder = RESOURCES / "languages"
    return [load_language(path) for path in sorted(folder.glob("*.toml")) if path.stem != "spelling"]


def registered() -> list[Command]:
    """Return all commands, sorted by id."""
    return sorted(REGISTRY.values(), key=lambda command: command.id)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def page(title: str, intro: str, *parts: str) -> str:
    return "\n".join([GENERATED, "", f"# {title}", "", intro, "", *parts]).rstrip() + "\n"


def code(text: object) -> str:
    """Return text as Markdown code, even if it contains backticks."""
    shown = str(text)
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def shown(value: Any) -> str:
    """Return a default as it is written in the settings file or on the command line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item) for item in value) or "none"
    if value in ("", {}):
        return "none"
    return code(value.value if isinstance(value, Enum) else value)


def commands_page() -> str:
    """Return the reference of commands, grouped by subject."""
    words: dict[str, list[Word]] = {}
    for language in languages():
        for word in language.words:
            words.setdefault(word.command, []).append(word)
    commands = registered()
    parts: list[str] = []
    subjects = {subject_of(command) for command in commands}
    for subject in sorted(subjects, key=lambda subject: (subject == PLACEHOLDERS, title_of(subject))):
        module = sys.modules[f"{rubato_desktop.commands.__name__}.{subject}"]
        parts += [f"## {title_of(subject)}", "", first_paragraph(module), ""]
        for command in commands:
            if subject_of(command) == subject:
                parts += command_part(command, words.get(command.id, []))
    intro = (
        "All commands of Rubato, by subject. Run a command by playing its keys, with the mouse, or by its id:"
        " `rubato send COMMAND`. Keys are numbered from 0, the lowest of the 25."
    )
    return page("Commands", intro, *parts)


def subject_of(command: Command) -> str:
    """Return the name of the module that registers a command."""
    return str(command.function.__module__).rpartition(".")[2]


def title_of(subject: str) -> str:
    return TITLES.get(subject, subject.replace("_", " ").capitalize())


def command_part(command: Command, words: Sequence[Word]) -> list[str]:
    """Return the section of one command: what it does, its keys, its arguments."""
    lines = [f"### {code(command.id)}", "", command.summary, ""]
    if command.help:
        lines += [inspect.cleandoc(command.help), ""]
    if command.needs:
        lines += [f"Needs {NEEDS[command.needs]}.", ""]
    keys = [f"- {word.name}: {code(keys_of(word))}{fixed(word)}" for word in words]
    lines += keys or ["It has no keys."]
    lines.append("")
    if command.arguments:
        rows = [argument_row(argument) for argument in command.arguments]
        lines += [*table(("argument", "played as", "default", "meaning"), rows), ""]
    return lines


def argument_row(argument: Argument) -> tuple[str, str, str, str]:
    default = "required" if argument.required else shown(argument.default)
    return code(argument.name), argument.kind or "not played", default, argument.help


def keys_of(word: Word) -> str:
    return format_keys(word.keys)


def fixed(word: Word) -> str:
    """Return the arguments that a word fixes, in parentheses."""
    return f" ({', '.join(f'{name} = {value}' for name, value in word.args.items())})" if word.args else ""


def settings_page() -> str:
    """Return the reference of settings."""
    head = ("setting", "default", "values", "meaning")
    fields = [setting_row(name, field) for name, field in Settings.model_fields.items()]
    device = [setting_row(name, field) for name, field in DeviceSettings.model_fields.items()]
    intro = (
        "Settings are stored in `settings.toml` in the data folder, which `rubato doctor` prints."
        " The file has only the values that differ from the defaults."
        " An invalid value is ignored and reported."
    )
    return page(
        "Settings",
        intro,
        *table(head, fields),
        "",
        '## One device: `[devices."its name"]`',
        "",
        *table(head, device),
    )


def setting_row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    return code(name), shown(field.get_default()), values_of(field), field.description or ""


def values_of(field: FieldInfo) -> str:
    """Return in words the values that a setting can have."""
    if field.annotation is bool:
        return "`true`, `false`"
    choices = getattr(field.annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return ", ".join(map(code, choices))
    names: dict[Any, str] = {int: "whole number", float: "number", str: "text"}
    kind = names.get(field.annotation, "list" if isinstance(field.get_default(), list) else "table")
    limits = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    bounds = [
        f"{word} {getattr(limit, sign):g}"
        for sign, word in limits.items()
        for limit in field.metadata
        if getattr(limit, sign, None) is not None
    ]
    return " ".join([kind, *bounds])


def keys_page() -> str:
    """Return the reference of words: their keys, parameters and effects."""
    parts: list[str] = []
    summaries = {command.id: command.summary for command in registered()}
    for language in languages():
        parts += [f"## {language.title}", "", language.description, ""]
        if language.words:
            rows = [
                (code(keys_of(word)), word.name, takes(word), word.help or summaries.get(word.command, ""))
                for word in language.words
            ]
            parts += [*table(("keys", "word", "takes", "does"), rows), ""]
    parts += ["## How parameters are played", ""]
    parts += table(("kind", "keys"), ((kind, how_played(kind)) for kind in KINDS))
    intro = (
        "Keys are numbered from 0, the lowest of the 25. Key 12 is the middle; key 24, the highest,"
        " cancels the open word or parameter. A word runs as soon as its last key is down, and is then"
        " followed by its parameters, if it takes any."
    )
    return page("Keys", intro, *parts)


def takes(word: Word) -> str:
    return ", ".join(str(parameter) for parameter in word.parameters)


def first_paragraph(thing: object) -> str:
    """Return the first paragraph of a docstring as one line."""
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


def how_played(kind: str) -> str:
    """Return how a kind of parameter is played, from the docstring of its reader."""
    reader = reader_for(Parameter("", kind), Timing(), Stack([]))
    if kind == "choice":
        return "A number from the last list, played as number."
    return " ".join((inspect.getdoc(reader) or "").partition("\n\nArgs:")[0].split())


def page_sounds_page() -> str:
    """Return the reference of the sounds of a page."""
    sounds = load_table()
    rows = [sound_row(kind, sounds.voice(kind)) for kind in sorted(ELEMENTS)]
    loaded = sounds.loaded
    rows.append(
        (
            "page has loaded",
            f"{instrument(loaded.instrument)}",
            f"key {loaded.key}, {loaded.length_ms} ms",
            str(loaded.velocity),
        )
    )
    intro = (
        "How each element of a page sounds, as defined in `resources/sounds/page.toml`."
        " Instruments are General MIDI numbers, 1 to 128."
    )
    return page("Sounds of a page", intro, *table(("element", "instrument", "how", "velocity"), rows))


def sound_row(kind: Kind, voice: Voice) -> tuple[str, str, str, str]:
    instruments = [instrument(number) for number in voice.instrument]
    where = " / ".join(instruments) + (", top / middle / bottom third" if len(instruments) > 1 else "")
    low, high = load_table().velocity
    velocity = (
        f"{low} to {high} by {voice.velocity}" if isinstance(voice.velocity, str) else str(voice.velocity)
    )
    return kind, where, figure(voice), velocity


def figure(voice: Voice) -> str:
    """Return in words what a voice plays."""
    times = " to ".join(map(str, voice.times))
    match voice.figure:
        case "note":
            return f"one note of {voice.length_ms} ms"
        case "repeat":
            by = " by density" if len(set(voice.times)) > 1 else ""
            return f"{times} notes{by}, one every {voice.every_ms} ms"
        case "trill":
            return f"a trill of {times} notes, one every {voice.every_ms} ms"
        case "rise":
            return f"two rising notes of {voice.length_ms} ms; up {', '.join(map(str, voice.rise))} columns by level"


def instrument(number: int) -> str:
    return f"{INSTRUMENT_NAMES[number - 1].lower()} {number}"


def models_page() -> str:
    """Return the reference of the models, voices and SoundFonts that come inside Python packages."""
    rows = [
        (
            code(model.name),
            f"[{model.title}]({model.source})",
            model.use,
            model.licence,
            code(f"{model.distribution} {model.version}"),
            model.kept,
        )
        for model in packaged_models().values()
    ]
    parts = table(("model", "name", "used for", "licence", "package", "without it"), rows)
    files = [
        (code(model.name), code(file.path), f"{file.bytes:,}", code(file.sha256))
        for model in packaged_models().values()
        for file in model.files
    ]
    parts += ["", "## Files", ""]
    parts += table(("model", "file in its package", "bytes", "SHA-256"), files)
    total = sum(model.bytes for model in packaged_models().values())
    intro = (
        "Models that are installed with Rubato, as files inside Python packages:"
        f" {total / 1e6:.0f} MB in all, as `resources/models.toml` lists them. Nothing is downloaded later."
        " Sizes are checked when a model is looked up, the SHA-256 when it is loaded; `rubato doctor` checks all."
    )
    return page("Packaged models", intro, *parts)


def command_line_page() -> str:
    """Return the reference of the command line."""
    parts = [line for name, parser in subcommands(cli.parser()) for line in subcommand_part(name, parser)]
    intro = (
        "`./run` and `./test` install the command as `.venv/bin/rubato`. Its exit status is 0 when it succeeds,"
        " 1 when the answer is no or nothing was found, and 2 after an error, with one line on standard error."
        " Every command takes `--json` for output as JSON, and `--data DIR` for the data folder."
    )
    return page("Command line", intro, *parts)


def subcommands(
    parser: argparse.ArgumentParser, prefix: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield the name and parser of each command that can be run, such as ``browser install``."""
    deeper = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not deeper:
        yield prefix, parser
    for action in deeper:
        for name, inner in action.choices.items():
            yield from subcommands(inner, f"{prefix} {name}".strip())


def subcommand_part(name: str, parser: argparse.ArgumentParser) -> list[str]:
    """Return the section about one command of the command line: its description and arguments."""
    own = [action for action in parser._actions if action.dest not in ("help", "json", "data")]
    lines = [f"## {code(f'rubato {name}')}", "", sentence(parser.description or ""), ""]
    if own:
        rows = [(code(spelled(action)), action.help or "") for action in own]
        lines += [*table(("argument", "meaning"), rows), ""]
    return lines


def spelled(action: argparse.Action) -> str:
    """Return how an argument is written: ``--data DIR``, ``FILE.mid``, ``[FILE]``."""
    choices = f"{{{','.join(map(str, action.choices))}}}" if action.choices else ""
    placeholder = str(action.metavar or choices or action.dest.upper())
    if not action.option_strings:
        return f"[{placeholder}]" if action.nargs == "?" else placeholder
    return action.option_strings[-1] + ("" if action.nargs == 0 else f" {placeholder}")


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


PAGES = {
    "command-line.md": command_line_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "keys.md": keys_page,
    "page-sounds.md": page_sounds_page,
    "models.md": models_page,
}


def print_texts() -> None:
    """Print all texts that users can see, grouped by file."""
    path = ""
    for text in user_texts():
        if text.path != path:
            path = text.path
            print(f"\n{path}")
        print(f"  {text.line}: " + text.text.replace("\n", "\n      "))


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/reference/ from the program itself.")
    parser.add_argument("--texts", action="store_true", help="print all texts that users can see instead")
    if parser.parse_args().texts:
        print_texts()
        return 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, written in PAGES.items():
        (REFERENCE / name).write_text(written(), encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
