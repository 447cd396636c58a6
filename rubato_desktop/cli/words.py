"""`rubato words`: recognise the words in a MIDI file or in a line of keys."""

from __future__ import annotations

import argparse

from rubato_desktop.cli.common import DONE, Subparsers, add, emit, library_of, settings_of
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.keys import BASE_NOTE, KeyLineError, Press, format_keys, read_line
from rubato_desktop.language.parser import parse
from rubato_desktop.settings import timing_of


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    new = add(commands, common, "words", _words, "recognise the words in a MIDI file or a line of keys")
    new.add_argument("file", nargs="?", metavar="FILE.mid", help="a MIDI file")
    new.add_argument(
        "--keys",
        metavar="LINE",
        help='keys instead, such as "0 7 0 12 7 12 14 15"; 13+15 is a chord, (2.5) a rest in seconds',
    )
    new.add_argument(
        "--base", type=int, default=BASE_NOTE, metavar="N", help="MIDI note of key 0 in the file (default 48)"
    )
    new.add_argument(
        "--as",
        dest="kind",
        choices=["recorder"],
        help="read a file of the old recorder, whose ticks are milliseconds",
    )
    new.add_argument("--salvage", action="store_true", help="read what is intact in a damaged file")


def _words(args: argparse.Namespace) -> int:
    if (args.file is None) == (args.keys is None):
        raise RubatoError("words needs either a MIDI file or --keys", code="bad_arguments")
    from rubato_desktop.services.sessions.word_json import heard_as_json

    if not 0 <= args.base <= 127:
        raise RubatoError(f"{args.base} is not a MIDI note; choose 0 to 127", code="bad_arguments")
    settings = settings_of(args)
    library = library_of(args, settings)
    results = parse(_presses(args), library.stack, timing_of(settings, library.spelling))
    value = heard_as_json(results, library.nearest)
    lines = []
    for word in value["words"]:
        arguments = " ".join(f"{name}={argument}" for name, argument in word["args"].items())
        lines.append((word["t"], f"{word['word']} {arguments}".rstrip(), word["keys"]))
    for run in value["unknown"]:
        nearest = f", near: {', '.join(run['nearest'])}" if run["nearest"] else ""
        lines.append((run["t"], f"? {run['reason']}{nearest}", run["keys"]))
    emit(
        args, value, "\n".join(f"{t:9.3f}  {text:<32} {format_keys(keys)}" for t, text, keys in sorted(lines))
    )
    return DONE


def _presses(args: argparse.Namespace) -> list[Press]:
    if args.keys is not None:
        try:
            return read_line(args.keys)
        except KeyLineError as error:
            raise RubatoError(str(error), code="bad_keys") from None
    from rubato_desktop.midi.file.reader import read_midi
    from rubato_desktop.services.sessions.word_json import presses_of

    midi = read_midi(args.file, as_recorder=args.kind == "recorder", salvage=args.salvage)
    return presses_of(midi.notes, args.base)
