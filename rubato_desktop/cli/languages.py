"""`rubato languages`: list, show and check languages."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, emit, library_of, settings_of
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.checks import faults, propose
from rubato_desktop.language.dictionary import Stack, Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.loading import LanguageFileError, load_language
from rubato_desktop.plurals import counted


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    top = commands.add_parser("languages", help="list, show and check languages")
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    add(inner, common, "list", _list, "list the languages")
    show = add(inner, common, "show", _show, "show the words of a language")
    show.add_argument("language", nargs="?", default="core", help="its name (default core), or a file")
    check = add(inner, common, "check", _check, "check words for errors and for keys that conflict")
    check.add_argument("file", nargs="?", metavar="FILE", help="a language file (default: all languages)")


def _list(args: argparse.Namespace) -> int:
    library = library_of(args, settings_of(args))
    rows: list[dict[str, Any]] = [
        {
            "name": language.name,
            "title": language.title,
            "words": len(language.words),
            "active": name in library.active,
            "writable": language.writable,
        }
        for name, language in library.languages.items()
    ]
    lines = [
        f"{row['name']:<16} {counted(row['words'], 'word'):>11}{'' if row['active'] else ', not active'}"
        for row in rows
    ]
    emit(args, {"languages": rows}, "\n".join(lines))
    return DONE


def _show(args: argparse.Namespace) -> int:
    library = library_of(args, settings_of(args))
    language = library.languages.get(args.language)
    if language is None:
        if not Path(args.language).is_file():
            raise RubatoError(f"There is no language {args.language!r}", code="no_such_language")
        language = load_language(Path(args.language))
    rows = [
        {
            "keys": list(word.keys),
            "word": word.name,
            "command": word.command,
            "args": dict(word.args),
            "parameters": {parameter.name: parameter.kind for parameter in word.parameters},
        }
        for word in language.words
    ]
    lines = [
        f"{format_keys(word.keys):<18} {word.name}{''.join(f' + {parameter}' for parameter in word.parameters)}"
        for word in language.words
    ]
    emit(args, {"name": language.name, "title": language.title, "words": rows}, "\n".join(lines))
    return DONE


def _check(args: argparse.Namespace) -> int:
    import rubato_desktop.commands  # noqa: F401 (registers them)
    from rubato_desktop.commands.word_checks import word_problems

    library = library_of(args, settings_of(args))
    errors: list[dict[str, Any]] = [
        _error(problem) for problem in library.problems if isinstance(problem, LanguageFileError)
    ]
    languages = list(library.languages.values())
    if args.file is not None:
        path = Path(args.file)
        if not path.is_file():
            raise RubatoError(f"There is no file {args.file}", code="no_such_file")
        errors = []
        try:
            checked = load_language(path)
            languages = [*(other for other in languages if other.name != checked.name), checked]
        except LanguageFileError as error:
            errors.append(_error(error))
    stack = Stack(languages)
    conflicts: list[dict[str, Any]] = [
        {
            "kind": hidden.kind,
            "word": _word(hidden.word),
            "with": _word(hidden.by),
            "says": str(hidden),
            "proposals": [list(keys) for keys in propose(hidden.word, stack)],
        }
        for hidden in stack.hidden
    ]
    word_faults = [
        {"word": _word(word), "says": f"{word}: {fault}"}
        for language in languages
        for word in language.words
        for fault in (*faults(word), *word_problems(word))
    ]
    lines = [f"{error['file']}, line {error['line']}: {error['reason']}" for error in errors]
    lines += [f"{fault['says']}" for fault in word_faults]
    for conflict in conflicts:
        free = ", ".join(format_keys(keys) for keys in conflict["proposals"])
        lines.append(f"{conflict['says']}; free keys: {free}")
    good = not lines
    words = counted(sum(len(language.words) for language in languages), "word")
    emit(
        args,
        {"ok": good, "conflicts": conflicts, "faults": word_faults, "errors": errors},
        "\n".join(lines) or f"No problems in {words} of {counted(len(languages), 'language')}",
    )
    return DONE if good else NO


def _word(word: Word) -> dict[str, Any]:
    return {"keys": list(word.keys), "word": word.name, "language": word.language, "line": word.line}


def _error(error: LanguageFileError) -> dict[str, Any]:
    return {"file": str(error.path), "line": error.line, "reason": error.reason}
