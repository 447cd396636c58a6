"""`rubato say`, `rubato voices`: speech."""

from __future__ import annotations

import argparse
import contextlib
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubato_desktop.cli.common import DONE, Subparsers, add, data_of, emit, say, settings_of
from rubato_desktop.errors import RubatoError

if TYPE_CHECKING:
    from rubato_desktop.services.voice.voices import Voice
    from rubato_desktop.settings import Settings


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    speak = add(commands, common, "say", _say, "say a text aloud, or write its speech to a wav file")
    speak.add_argument("text", metavar="TEXT", help="what to say; - reads it from standard input")
    speak.add_argument("--out", metavar="FILE.wav", help="the wav file to write instead")
    speak.add_argument("--voice", metavar="NAME", help="the voice (default: that of the settings)")
    speak.add_argument(
        "--rate", type=float, metavar="R", help="how fast, 0.5 to 3 (default: as in the settings)"
    )
    add(commands, common, "voices", _voices, "list the voices there are")


def _voices(args: argparse.Namespace) -> int:
    from rubato_desktop.services.voice.voices import FOLDER, find_voices

    voices, problems = find_voices(data_of(args))
    for problem in problems:
        say(str(problem))
    lines = [f"{voice.name}  {voice.language}  {voice.rate} Hz  {voice.model}" for voice in voices]
    told = {
        "voices": [voice.as_json() for voice in voices],
        "folder": str(data_of(args) / FOLDER),
        "problems": [str(problem) for problem in problems],
    }
    emit(args, told, "\n".join(lines) or "There is no voice")
    return DONE


def _say(args: argparse.Namespace) -> int:
    from rubato_desktop.services.voice.voices import FASTEST, SLOWEST, choose_voice

    settings = settings_of(args)
    rate = settings.speech_rate if args.rate is None else args.rate
    if not SLOWEST <= rate <= FASTEST:
        raise RubatoError(
            f"The rate goes from {SLOWEST:g} to {FASTEST:g}, {rate:g} is outside", code="bad_arguments"
        )
    text = sys.stdin.read() if args.text == "-" else args.text
    voice = choose_voice(data_of(args), settings.voice if args.voice is None else args.voice)
    told: dict[str, Any] = {"voice": voice.name, "rate": rate}
    if args.out:
        told |= {"wav": args.out, "seconds": round(_write(Path(args.out), text, voice, rate), 3)}
        emit(args, told, f"{args.out}: {told['seconds']:.1f} s of speech")
    else:
        told["running"] = _through(data_of(args), text, args.voice and voice.name, args.rate)
        if not told["running"]:
            settings.voice, settings.speech_rate = voice.name, rate
            _aloud(data_of(args), text, settings)
        emit(args, told, "")
    return DONE


def _write(path: Path, text: str, voice: Voice, rate: float) -> float:
    """Write speech to a mono WAV file of 16 bits, whole or not at all; returns its seconds."""
    from rubato_desktop.services.voice.samples import to_int16
    from rubato_desktop.services.voice.segmentation import segment_text
    from rubato_desktop.services.voice.synthesis import Piper, Stop

    piper, count = Piper(lambda _: voice), 0
    beside = path.with_name(f".{path.name}.part")
    try:
        with contextlib.closing(wave.open(str(beside), "wb")) as out:
            out.setparams((1, 2, voice.rate, 0, "NONE", ""))
            for piece in segment_text(text, voice.language):
                samples, _ = piper.synthesise(piece, rate, Stop())
                out.writeframesraw(to_int16(samples))
                count += len(samples)
        if not count:
            raise RubatoError("There is nothing in it that can be said", code="nothing_to_say")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count / voice.rate


def _through(data: Path, text: str, voice: str | None, rate: float | None) -> bool:
    """Have the program say it that runs on the data folder, after what it is saying; returns whether one runs.

    Raises:
        RubatoError: it runs, and cannot say it.
    """
    from rubato_desktop.ipc.single_instance import request

    given = {"text": text, "voice": voice, "rate": rate}
    asked = {
        "do": "run",
        "command": "say",
        "args": {name: it for name, it in given.items() if it is not None},
    }
    try:
        answer = request(data, asked)
    except RubatoError as error:
        if error.code == "not_running":
            return False
        raise
    if answer.get("status") != "ok":
        failed = answer.get("error") or {}
        raise RubatoError(
            failed.get("message", "The program that runs cannot say it"), code=failed.get("code", "no_speech")
        )
    return True


def _aloud(data: Path, text: str, settings: Settings) -> None:
    from rubato_desktop.audio.client import AudioClient
    from rubato_desktop.services.voice.factory import open_speech

    failed: list[RubatoError] = []
    sound = AudioClient(output=settings.sound_output, block=settings.sound_block)
    sound.start()
    speech = open_speech(data, sound, settings, on_problem=failed.append)
    try:
        sound.wait_ready()
        speech.say_now(text)
        while not speech.wait(0.25):
            if sound.problem is not None and not sound.output:
                break
        if not sound.output:
            raise sound.problem or RubatoError("There is no sound device", code="no_sound_device")
    finally:
        speech.close()
        sound.stop()
    if failed:
        raise failed[0]
