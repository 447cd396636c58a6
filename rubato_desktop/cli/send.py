"""`rubato send`: run a command in the running program."""

from __future__ import annotations

import argparse
import json

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of

TIMEOUT = 60.0  # s


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    send = add(commands, common, "send", _send, "run a command in the running program")
    send.add_argument("id", metavar="COMMAND", help="the id of the command, such as scroll")
    send.add_argument(
        "words", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="its arguments, in order or as name=value"
    )


def _send(args: argparse.Namespace) -> int:
    from rubato_desktop.ipc.single_instance import request

    message = {"do": "send", "command": args.id, "words": args.words}
    reply = request(data_of(args), message, TIMEOUT)
    print(json.dumps(reply, ensure_ascii=False))
    return DONE if reply.get("status") == "ok" else NO
