"""`rubato send`: a command to the program that runs."""

from __future__ import annotations

import argparse
import json

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of

PATIENCE = 60.0  # s


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    send = add(commands, common, "send", _send, "carry out a command in the program that runs")
    send.add_argument("id", metavar="COMMAND", help="its id, such as scroll")
    send.add_argument("words", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="its arguments in order")


def _send(args: argparse.Namespace) -> int:
    from rubato_desktop.ipc.single_instance import request

    asked = {"do": "send", "command": args.id, "words": args.words}
    answer = request(data_of(args), asked, PATIENCE)
    print(json.dumps(answer, ensure_ascii=False))
    return DONE if answer.get("status") == "ok" else NO
