"""The command line, `rubato`: one module per subject."""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from rubato_desktop import __version__
from rubato_desktop.cli import (
    ask,
    browser,
    hearing,
    knowledge,
    languages,
    midi,
    page,
    pictures,
    running,
    send,
    voice,
    words,
)
from rubato_desktop.errors import RubatoError

log = logging.getLogger("rubato_desktop")

DONE, NO, BAD = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """An argument parser that reports errors on one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD, f"rubato: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the argument parser; the reference page of the command line is generated from it."""
    top = _Parser(prog="rubato", description="Rubato Desktop: control your desktop by playing the piano.")
    top.add_argument("--version", action="version", version=f"rubato {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON")
    common.add_argument("--data", metavar="DIR", help="the data folder (default: RUBATO_DATA, if it is set)")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for module in (
        running,
        browser,
        send,
        words,
        languages,
        midi,
        pictures,
        page,
        voice,
        hearing,
        ask,
        knowledge,
    ):
        module.register(commands, common)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command of the command line.

    Args:
        argv: Arguments without the program's name; those of the process by default.

    Returns:
        The exit status: 0 for success, 1 when the answer is no, 2 after an error, which is one line on standard error.
    """
    # Without a handler, logging would print warnings to standard error until the log file is open.
    log.addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    args = parser().parse_args(argv)
    try:
        code: int = args.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except RubatoError as error:
        return _fail(str(error))
    except BrokenPipeError:
        # The reader has closed the pipe, as `head` does. Discard the rest, so that exit reports no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.strerror is None:
            return _bug(args, error)
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror}")
    except Exception as error:
        return _bug(args, error)


def _bug(args: argparse.Namespace, error: Exception) -> int:
    if os.environ.get("RUBATO_DEBUG"):
        raise error
    with contextlib.suppress(RubatoError):
        _open_log(args)  # most commands run without a log file
    log.error("a bug in %s", args.command, exc_info=error)
    return _fail(f"this is a bug in Rubato ({type(error).__name__}); set RUBATO_DEBUG=1 to see the traceback")


def _open_log(args: argparse.Namespace) -> None:
    from rubato_desktop.app import open_log
    from rubato_desktop.settings import data_folder

    open_log(data_folder(args.data))


def _fail(message: str) -> int:
    print(f"rubato: {' '.join(message.split())}", file=sys.stderr)
    return BAD
