"""Helpers for the modules of the command line: output, settings and languages."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rubato_desktop.services.languages import LanguageLibrary
from rubato_desktop.settings import Settings, SettingsFile, data_folder

DONE, NO = 0, 1  # exit status: success; the answer is no

Subparsers = Any  # argparse does not export the type


def add(
    commands: Subparsers,
    common: argparse.ArgumentParser,
    name: str,
    run: Callable[[argparse.Namespace], int],
    help: str,
) -> argparse.ArgumentParser:
    """Add a command.

    Args:
        commands: The subparsers it joins.
        common: The parser of the options that all commands share.
        name: Its name.
        run: Runs it and returns the exit status.
        help: What it does, in lower case without a full stop.

    Returns:
        Its parser, for its own arguments.
    """
    new: argparse.ArgumentParser = commands.add_parser(name, parents=[common], help=help, description=help)
    new.set_defaults(run=run)
    return new


def emit(args: argparse.Namespace, value: Any, text: str) -> None:
    """Print the result: `value` as JSON with ``--json``, else `text`."""
    if args.json:
        print(json.dumps(value, ensure_ascii=False, default=str))
    elif text:
        print(text)


def warn(text: str) -> None:
    """Print a line to standard error."""
    print(f"rubato: {text}", file=sys.stderr)


def data_of(args: argparse.Namespace) -> Path:
    return data_folder(args.data)


def settings_of(args: argparse.Namespace) -> Settings:
    """Load the settings; invalid ones are reported on standard error and keep their defaults."""
    file = SettingsFile(data_of(args) / "settings.toml")
    for problem in file.load():
        warn(str(problem))
    return file.values


def library_of(args: argparse.Namespace, settings: Settings) -> LanguageLibrary:
    """Load the languages; damaged ones are reported on standard error and left out."""
    library = LanguageLibrary(data_of(args), settings.languages)
    for problem in library.problems:
        warn(str(problem))
    return library
