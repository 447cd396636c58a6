"""`rubato say` and `rubato voices`: speak a text, and list the voices."""

from __future__ import annotations

import argparse
import contextlib
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubato_desktop.cli.common import DONE, Subparsers, add, data_of, emit, settings_of, warn
from rubato_desktop.errors import RubatoError

if TYPE_CHECKING:
    from rubato_desktop.services.voice.voices import Voice
    from rubato_desktop.settings import Settings


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    speak = add(commands, common, "say", _say, "say a text aloud, or write its speech to a WAV file")
    speak.add_argument("text", metavar="TEXT", help="what to say; - reads it from standard input")
    speak.add_argument("--out", metavar="FILE.wav", help="the WAV file to write instead")
    speak.add_argument("--voice", metavar="NAME", help="the voice (default: as in the settings)")
    speak.add_argument(
        "--rate", type=float, metavar="R", help="how fast, 0.5 to 3 (default: as in the settings)"
    )
    add(commands, common, "voices", _voices, "list the voices")


def _voices(args: argparse.Namespace) -> int:
    from rubato_desktop.services.voice.voices import FOLDER, find_voices

    voices, problems = find_voices(data_of(args))
    for problem in problems:
        warn(str(problem))
    lines = [f"{voice.name}  {voice.language}  {voice.rate} Hz  {voice.model}" for voice in voices]
    value = {
        "voices": [voice.as_json() for voice in voices],
        "folder": str(data_of(args) / FOLDER),
        "problems": [str(problem) for problem in problems],
    }
    emit(args, value, "\n".join(lines) or "No voice is installed")
    return DONE


def _say(args: argparse.Namespace) -> int:
    from rubato_desktop.services.voice.voices import FASTEST, SLOWEST, choose_voice

    settings = settings_of(args)
    rate = settings.speech_rate if args.rate is None else args.rate
    if not SLOWEST <= rate <= FASTEST:
        raise RubatoError(
            f"The rate must be between {SLOWEST:g} and {FASTEST:g}, not {rate:g}", code="bad_arguments"
        )
    text = sys.stdin.read() if args.text == "-" else args.text
    voice = choose_voice(data_of(args), settings.voice if args.voice is None else args.voice)
    value: dict[str, Any] = {"voice": voice.name, "rate": rate}
    if args.out:
        value |= {"wav": args.out, "seconds": round(_write_wav(Path(args.out), text, voice, rate), 3)}
        emit(args, value, f"{args.out}: {value['seconds']:.1f} s of speech")
    else:
        value["running"] = _say_in_running_program(data_of(args), text, args.voice and voice.name, args.rate)
        if not value["running"]:
            settings.voice, settings.speech_rate = voice.name, rate
            _say_here(data_of(args), text, settings)
        emit(args, value, "")
    return DONE


def _write_wav(path: Path, text: str, voice: Voice, rate: float) -> float:
    """Write speech to a 16-bit mono WAV file, atomically; return its duration in seconds."""
    from rubato_desktop.services.voice.samples import to_int16
    from rubato_desktop.services.voice.segmentation import segment_text
    from rubato_desktop.services.voice.synthesis import Piper, Stop

    piper, count = Piper(lambda _: voice), 0
    partial = path.with_name(f".{path.name}.part")
    try:
        with contextlib.closing(wave.open(str(partial), "wb")) as out:
            out.setparams((1, 2, voice.rate, 0, "NONE", ""))
            for segment in segment_text(text, voice.language):
                samples, _ = piper.synthesise(segment, rate, Stop())
                out.writeframesraw(to_int16(samples))
                count += len(samples)
        if not count:
            raise RubatoError("The text has nothing that can be spoken", code="nothing_to_say")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count / voice.rate


def _say_in_running_program(data: Path, text: str, voice: str | None, rate: float | None) -> bool:
    """Let the running program say the text, after its current speech; return False if none is running.

    Raises:
        RubatoError: It is running, but cannot say it.
    """
    from rubato_desktop.ipc.single_instance import request

    values = {"text": text, "voice": voice, "rate": rate}
    args = {name: value for name, value in values.items() if value is not None}
    try:
        reply = request(data, {"do": "run", "command": "say", "args": args})
    except RubatoError as error:
        if error.code == "not_running":
            return False
        raise
    if reply.get("status") != "ok":
        failure = reply.get("error") or {}
        raise RubatoError(
            failure.get("message", "The running program cannot say it"), code=failure.get("code", "no_speech")
        )
    return True


def _say_here(data: Path, text: str, settings: Settings) -> None:
    from rubato_desktop.audio.client import AudioClient
    from rubato_desktop.services.voice.factory import open_speech

    problems: list[RubatoError] = []
    sound = AudioClient(output=settings.sound_output, block=settings.sound_block)
    sound.start()
    speech = open_speech(data, sound, settings, on_problem=problems.append)
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
    if problems:
        raise problems[0]
