"""`rubato midi info`, `rubato play` and `rubato render`: describe, play and render MIDI files."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from rubato_desktop.cli.common import DONE, Subparsers, add, emit, settings_of, warn
from rubato_desktop.errors import RubatoError
from rubato_desktop.plurals import counted


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    top = commands.add_parser("midi", help="describe MIDI files")
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    info = add(inner, common, "info", _info, "describe what is in a MIDI file")
    play = add(commands, common, "play", _play, "play a MIDI file")
    render = add(commands, common, "render", _render, "render a MIDI file to a WAV file")
    render.add_argument("--wav", required=True, metavar="OUT", help="the WAV file to write")
    render.add_argument(
        "--rate", type=int, default=44100, metavar="HZ", help="its sample rate (default 44100)"
    )
    play.add_argument("--speed", type=float, default=1.0, help="how fast, 0.1 to 4 (default 1)")
    for new in (info, play, render):
        new.add_argument("file", metavar="FILE.mid", help="the MIDI file")
        new.add_argument("--salvage", action="store_true", help="read what is intact in a damaged file")
        new.add_argument(
            "--as",
            dest="kind",
            choices=["recorder"],
            help="read a file of the old recorder, whose ticks are milliseconds",
        )


def _info(args: argparse.Namespace) -> int:
    from rubato_desktop.midi.file.reader import read_midi
    from rubato_desktop.midi.file.summary import describe, describe_text

    midi = read_midi(args.file, as_recorder=args.kind == "recorder", salvage=args.salvage)
    emit(args, describe(midi), describe_text(midi))
    return DONE


def _play(args: argparse.Namespace) -> int:
    from rubato_desktop.audio.client import AudioClient
    from rubato_desktop.midi.file.reader import read_midi

    if not 0.1 <= args.speed <= 4:
        raise RubatoError(f"The speed must be between 0.1 and 4, not {args.speed:g}", code="bad_arguments")
    midi = read_midi(args.file, as_recorder=args.kind == "recorder", salvage=args.salvage)
    settings = settings_of(args)
    ended = threading.Event()
    sound = AudioClient(
        output=settings.sound_output,
        block=settings.sound_block,
        volumes={"playback": settings.playback_volume},
        on_end=ended.set,
    )
    sound.start()
    try:
        sound.wait_ready()
        if sound.problem is not None:
            raise sound.problem
        sound.deck.load(midi.notes, midi.messages)
        sound.deck.set_speed(args.speed)
        sound.deck.play()
        while not ended.wait(0.25):
            if sound.problem is not None:
                raise sound.problem
    finally:
        sound.stop()
    seconds = midi.notes.end / 1e6
    emit(
        args,
        {"file": args.file, "notes": len(midi.notes), "seconds": seconds},
        f"Played {counted(len(midi.notes), 'note')}",
    )
    return DONE


def _render(args: argparse.Namespace) -> int:
    from rubato_desktop.audio.render import render
    from rubato_desktop.midi.file.reader import read_midi

    if not 8000 <= args.rate <= 192_000:
        raise RubatoError("The sample rate must be between 8000 and 192000 Hz", code="bad_arguments")
    midi = read_midi(args.file, as_recorder=args.kind == "recorder", salvage=args.salvage)
    if midi.problems and not args.json:
        warn("; ".join(midi.problems))
    render(midi.notes, midi.messages, Path(args.wav), rate=args.rate)
    seconds = midi.notes.end / 1e6
    emit(
        args,
        {"wav": args.wav, "seconds": seconds, "notes": len(midi.notes)},
        f"{args.wav}: {seconds:.1f} s of music",
    )
    return DONE
