"""`rubato …`: the same program without a screen. One module a subject."""

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
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD, f"rubato: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser; the reference is made from it."""
    top = _Parser(prog="rubato", description="Rubato Desktop: a desktop application that is played.")
    top.add_argument("--version", action="version", version=f"rubato {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="answer in JSON")
    common.add_argument(
        "--data", metavar="DIR", help="the folder of everything that is kept (or RUBATO_DATA)"
    )
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

    Returns:
        0 done; 1 the answer is no; 2 bad input or environment, with one line on standard error.
    """
    # What is logged before the program has its log file goes nowhere: people get one line.
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
        # The reader has gone, as `head` does; the rest goes nowhere, without a word at exit.
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
        _open_log(args)  # most commands never needed the log; a bug is kept whole all the same
    log.error("a bug in %s", args.command, exc_info=error)
    return _fail(
        f"something went wrong inside the program ({type(error).__name__}); RUBATO_DEBUG=1 tells more"
    )


def _open_log(args: argparse.Namespace) -> None:
    from rubato_desktop.app import open_log
    from rubato_desktop.settings import data_folder

    open_log(data_folder(args.data))


def _fail(message: str) -> int:
    print(f"rubato: {' '.join(message.split())}", file=sys.stderr)
    return BAD
