"""`rubato hear`: recognise speech in a WAV file."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubato_desktop.cli.common import DONE, Subparsers, add, data_of, emit, settings_of, warn
from rubato_desktop.errors import RubatoError

if TYPE_CHECKING:
    from rubato_desktop.services.hearing.recognition import SpeechInterpreter
    from rubato_desktop.services.voice.samples import Samples


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    hear = add(commands, common, "hear", _hear, "recognise the speech in a WAV file")
    hear.add_argument("file", metavar="FILE.wav", nargs="?", help="the WAV file")
    hear.add_argument("--commands", action="store_true", help="also say which command it is")
    hear.add_argument("--models", action="store_true", help="list the installed models instead")


def _hear(args: argparse.Namespace) -> int:
    from rubato_desktop.services.hearing.models import choose_model
    from rubato_desktop.services.hearing.recognition import SpeechInterpreter, Task
    from rubato_desktop.services.hearing.sound_files import read_wav

    if args.models:
        return _models(args)
    if not args.file:
        raise RubatoError("hear needs a WAV file", todo="Run: rubato hear FILE.wav", code="bad_arguments")
    settings = settings_of(args)
    sound = read_wav(Path(args.file))
    model = choose_model(data_of(args), settings.hearing_model)
    interpreter = SpeechInterpreter(model, settings.hearing_language)
    interpreter.load()
    start = time.perf_counter()
    speech = interpreter.recognise(sound, Task(dictation=True))
    command = _command(args, interpreter, sound) if args.commands else None
    value: dict[str, Any] = {
        "text": speech.text,
        "segments": [segment.as_json() for segment in speech.segments],
        "command": command,
        "elapsed_ms": round((time.perf_counter() - start) * 1000, 1),
    }
    emit(args, value, "\n".join(filter(None, [speech.text, _in_words(command) if args.commands else ""])))
    return DONE


def _command(
    args: argparse.Namespace, interpreter: SpeechInterpreter, sound: Samples
) -> dict[str, Any] | None:
    from rubato_desktop.commands.spoken_phrases import words
    from rubato_desktop.services.hearing.recognition import Task
    from rubato_desktop.services.languages import LanguageLibrary

    library = LanguageLibrary(data_of(args), settings_of(args).languages)
    phrases = words(library)
    match = interpreter.recognise(sound, Task(tuple(phrases))).match
    if match.phrase:
        spoken = phrases[match.phrase]
        return {
            "phrase": match.phrase,
            "command": spoken.word.command,
            "args": {**spoken.word.args, **spoken.args},
        }
    return {"phrase": "", "near": list(match.near)} if match.near else None


def _in_words(command: dict[str, Any] | None) -> str:
    if command is None:
        return "No command"
    if not command["phrase"]:
        return f"Did you mean {' or '.join(command['near'])}?"
    return f"Command: {command['phrase']}"


def _models(args: argparse.Namespace) -> int:
    from rubato_desktop.services.hearing.models import FOLDER, find_models

    models, problems = find_models(data_of(args))
    for problem in problems:
        warn(str(problem))
    value = {
        "models": [model.as_json() for model in models],
        "folder": str(data_of(args) / FOLDER),
        "problems": [str(problem) for problem in problems],
    }
    lines = [f"{model.name}  {model.bytes // 1_000_000} MB  {model.folder}" for model in models]
    emit(args, value, "\n".join(lines) or "No model is installed")
    return DONE
