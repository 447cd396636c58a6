"""`rubato browser`: set browsers up for Rubato, let one connect, or start one to try."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit
from rubato_desktop.errors import RubatoError

if TYPE_CHECKING:
    from extension_bridge.browsers import Kind

NAMES = ("chrome", "chromium", "edge", "brave", "vivaldi")
EVERY = "all"
HOME = "https://www.wikipedia.org/"


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    top = commands.add_parser("browser", help="connect a browser to Rubato")
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, run, help in (
        ("install", _install, "set browsers up to connect to Rubato"),
        ("uninstall", _uninstall, "undo rubato browser install"),
        ("status", _status, "show which browsers can connect; exits with 1 if none can"),
    ):
        new = add(inner, common, name, run, help)
        new.add_argument(
            "--browser",
            choices=(*NAMES, EVERY),
            default=EVERY,
            metavar="NAME",
            help=f"one of {', '.join(NAMES)}, or all (the default)",
        )
    pair = add(inner, common, "pair", _pair, "allow the browser that is waiting to connect to Rubato")
    pair.add_argument("--no", action="store_true", help="refuse it")
    open_ = add(
        inner, common, "open", _open, "try Rubato in a Chromium with the extension and a profile of its own"
    )
    open_.add_argument("url", metavar="URL", nargs="?", default=HOME, help="the first page to show")


def _install(args: argparse.Namespace) -> int:
    from extension_bridge.identity import EXTENSION
    from extension_bridge.install import Installation

    installation = Installation(data_of(args))
    chosen = [kind for kind in _kinds(args) if args.browser != EVERY or installation.has_profile(kind)]
    if not chosen:
        raise RubatoError(
            "No supported browser was found",
            todo=f"To set one up anyway, name it with --browser ({', '.join(NAMES)})",
            code="no_browser",
        )
    for kind in chosen:
        installation.install(kind)
    states = [installation.status(kind) for kind in chosen]
    lines = [state.words for state in states]
    lines.append(
        f"If the browser does not have the extension yet, load it in chrome://extensions from {EXTENSION}"
    )
    emit(
        args,
        {"browsers": [state.as_json() for state in states], "extension": str(EXTENSION)},
        "\n".join(lines),
    )
    return DONE


def _uninstall(args: argparse.Namespace) -> int:
    from extension_bridge.install import Installation

    installation = Installation(data_of(args))
    removed = [kind for kind in _kinds(args) if installation.uninstall(kind)]
    lines = [f"{kind.name} can no longer connect to Rubato" for kind in removed]
    emit(args, {"removed": [kind.id for kind in removed]}, "\n".join(lines) or "No browser was set up")
    return DONE


def _status(args: argparse.Namespace) -> int:
    from extension_bridge.install import Installation

    installation = Installation(data_of(args))
    states = [installation.status(kind) for kind in _kinds(args)]
    emit(
        args, {"browsers": [state.as_json() for state in states]}, "\n".join(state.words for state in states)
    )
    return DONE if any(state.right for state in states) else NO


def _pair(args: argparse.Namespace) -> int:
    from rubato_desktop.ipc.single_instance import request

    answer = request(data_of(args), {"do": "pair", "yes": not args.no})
    emit(args, answer, str(answer.get("text", "")))
    return DONE if answer.get("ok") else NO


def _open(args: argparse.Namespace) -> int:
    from rubato_desktop.services.browser.launcher import open_own_profile

    data = data_of(args)
    data.mkdir(parents=True, exist_ok=True)
    browser = open_own_profile(data, args.url)
    emit(
        args,
        {"browser": browser, "url": args.url},
        f"Started {browser} with a profile of its own. Rubato asks whether to allow it: confirm there,"
        " or run: rubato browser pair",
    )
    return DONE


def _kinds(args: argparse.Namespace) -> list[Kind]:
    from extension_bridge.browsers import KINDS

    return [kind for kind in KINDS if args.browser in (EVERY, kind.id)]
