"""The voices there are: the one that comes with the program, and those that were put into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import find_model, verified_model

FOLDER: Final = "voices"  # in the data folder
SLOWEST, FASTEST = 0.5, 3.0  # rates of speech
PACKAGED: Final = "voice"  # in the table of packaged models
_TODO: Final = "Put both files of the voice, NAME.onnx and NAME.onnx.json, into the folder again"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of Piper: a model, and beside it what the model needs to be told.

    Attributes:
        name: Its name, such as ``en_US-joe-medium``.
        model: The model, an ``.onnx`` file; its configuration is the same name and ``.json``.
        language: Of its speech, such as ``en-us``.
        rate: Sample rate of its speech, Hz.
        packaged: Whether it came with the program.
    """

    name: str
    model: Path
    language: str
    rate: int
    packaged: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "language": self.language,
            "rate": self.rate,
            "packaged": self.packaged,
            "path": str(self.model),
        }


def find_voices(data: Path) -> tuple[list[Voice], list[RubatoError]]:
    """Look for voices.

    Args:
        data: The data folder.

    Returns:
        The voices, the packaged one first; one in the folder replaces another of its name. And what was found
        that is no voice.
    """
    found: dict[str, Voice] = {}
    problems = []
    looks: list[Callable[[], Voice]] = [_packaged, *(partial(read_voice, model) for model in _models(data))]
    for look in looks:
        try:
            voice = look()
        except RubatoError as problem:
            problems.append(problem)
        else:
            found[voice.name] = voice
    return list(found.values()), problems


def choose_voice(data: Path, name: str = "") -> Voice:
    """Return the voice of that name, or that begins so; the first there is when no name is given.

    Raises:
        RubatoError: there is none (code ``no_voice``), or it is damaged (code ``bad_voice``).
    """
    voices, problems = find_voices(data)
    for voice in voices:
        if name == voice.name:
            return voice
    for voice in voices:
        if voice.name.casefold().startswith(name.casefold()):
            return voice
    if problems and (not name or any(name in problem.happened for problem in problems)):
        raise problems[0]
    if not voices:
        raise RubatoError(
            "There is no voice", todo="Install the application again, or add a voice", code="no_voice"
        )
    raise RubatoError(
        f"There is no voice {name!r}",
        todo=f"Choose one of {', '.join(voice.name for voice in voices)}",
        code="no_voice",
    )


def read_voice(model: Path) -> Voice:
    """Read what a voice says of itself; the model itself is not loaded.

    Raises:
        RubatoError: a file is missing or damaged (code ``bad_voice``).
    """
    beside = model.with_name(f"{model.name}.json")
    try:
        if not model.stat().st_size:
            raise _bad(model.stem, f"{model.name} is empty")
        told = json.loads(beside.read_text(encoding="utf-8"))
        rate, language = told["audio"]["sample_rate"], told["espeak"]["voice"]
        if not isinstance(rate, int) or not 4000 <= rate <= 192_000 or not isinstance(language, str):
            raise _bad(model.stem, f"{beside.name} has an impossible sample rate or language")
        if not isinstance(told["phoneme_id_map"], dict):
            raise _bad(model.stem, f"{beside.name} has no sounds")
    except OSError as error:
        name = Path(error.filename or beside).name
        raise _bad(model.stem, f"{name}: {error.strerror}") from None
    except KeyError as error:
        raise _bad(model.stem, f"{beside.name} has no {error.args[0]}") from None
    except (ValueError, TypeError, RecursionError):
        raise _bad(model.stem, f"{beside.name} does not describe a voice") from None
    return Voice(model.stem, model, language, rate)


def check_voice(voice: Voice) -> None:
    """Check the content of the voice that came with the program, before it is loaded.

    Raises:
        RubatoError: it is missing (code ``needs_model``) or damaged (code ``bad_model``).
    """
    if voice.packaged:
        verified_model(PACKAGED)


def bad_model(voice: Voice) -> RubatoError:
    """Return the error of a model that cannot be loaded."""
    return _bad(voice.name, f"{voice.model.name} is no model that can speak")


def _bad(name: str, why: str) -> RubatoError:
    return RubatoError(f"The voice {name} cannot be used: {why}", todo=_TODO, code="bad_voice")


def _models(data: Path) -> list[Path]:
    folder = data / FOLDER
    models = {*folder.glob("*.onnx"), *(path.with_suffix("") for path in folder.glob("*.onnx.json"))}
    return sorted(models)


def _packaged() -> Voice:
    model = next(path for path in find_model(PACKAGED).values() if path.suffix == ".onnx")
    return replace(read_voice(model), packaged=True)
