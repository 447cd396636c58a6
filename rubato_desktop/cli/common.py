"""What the modules of the command line share."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rubato_desktop.services.languages import LanguageLibrary
from rubato_desktop.settings import Settings, SettingsFile, data_folder

DONE, NO = 0, 1

Subparsers = Any  # argparse keeps the type of its subparsers to itself


def add(
    commands: Subparsers,
    common: argparse.ArgumentParser,
    name: str,
    run: Callable[[argparse.Namespace], int],
    help: str,
) -> argparse.ArgumentParser:
    """Add a command to the command line."""
    new: argparse.ArgumentParser = commands.add_parser(name, parents=[common], help=help, description=help)
    new.set_defaults(run=run)
    return new


def emit(args: argparse.Namespace, value: Any, text: str) -> None:
    """Print an answer: `value` as JSON when it was asked for, else `text`."""
    if args.json:
        print(json.dumps(value, ensure_ascii=False, default=str))
    elif text:
        print(text)


def say(text: str) -> None:
    """Say something beside the answer, on standard error."""
    print(f"rubato: {text}", file=sys.stderr)


def data_of(args: argparse.Namespace) -> Path:
    return data_folder(args.data)


def settings_of(args: argparse.Namespace) -> Settings:
    """Read the settings; what is wrong in them is said and keeps its default."""
    file = SettingsFile(data_of(args) / "settings.toml")
    for problem in file.load():
        say(str(problem))
    return file.values


def library_of(args: argparse.Namespace, settings: Settings) -> LanguageLibrary:
    """Read the languages; a damaged one is said, the others hold."""
    library = LanguageLibrary(data_of(args), settings.languages)
    for problem in library.problems:
        say(str(problem))
    return library
