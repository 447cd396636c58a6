"""Piper voices: the one that comes with Rubato, and those in the data folder."""

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
SLOWEST, FASTEST = 0.5, 3.0  # speech rates; 1 is the voice's own
PACKAGED: Final = "voice"  # in resources/models.toml
_TODO: Final = "Copy both files of the voice, NAME.onnx and NAME.onnx.json, into its folder again"


@dataclass(frozen=True, slots=True)
class Voice:
    """A Piper voice: a model and its configuration.

    Attributes:
        name: Its name, such as ``en_US-joe-medium``.
        model: The model, an ``.onnx`` file; the configuration has the same name with ``.json`` appended.
        language: espeak-ng's code, such as ``en-us``.
        rate: Sample rate, Hz.
        packaged: Whether it came with Rubato.
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
    """Find all voices.

    Args:
        data: The data folder.

    Returns:
        The voices, the packaged one first; one in the folder replaces the packaged one of the same name. And an error
        for each that is not valid.
    """
    voices: dict[str, Voice] = {}
    problems = []
    sources: list[Callable[[], Voice]] = [_packaged, *(partial(read_voice, model) for model in _models(data))]
    for read in sources:
        try:
            voice = read()
        except RubatoError as problem:
            problems.append(problem)
        else:
            voices[voice.name] = voice
    return list(voices.values()), problems


def choose_voice(data: Path, name: str = "") -> Voice:
    """Return a voice by name or the beginning of its name; the first one without a name.

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
        raise RubatoError("There is no voice", todo="Install Rubato again, or add a voice", code="no_voice")
    raise RubatoError(
        f"There is no voice {name!r}",
        todo=f"Choose one of {', '.join(voice.name for voice in voices)}",
        code="no_voice",
    )


def read_voice(model: Path) -> Voice:
    """Read the configuration of a voice, without loading its model.

    Raises:
        RubatoError: a file is missing or damaged (code ``bad_voice``).
    """
    config_file = model.with_name(f"{model.name}.json")
    try:
        if not model.stat().st_size:
            raise _bad(model.stem, f"{model.name} is empty")
        config = json.loads(config_file.read_text(encoding="utf-8"))
        rate, language = config["audio"]["sample_rate"], config["espeak"]["voice"]
        if not isinstance(rate, int) or not 4000 <= rate <= 192_000 or not isinstance(language, str):
            raise _bad(model.stem, f"{config_file.name} has an invalid sample rate or language")
        if not isinstance(config["phoneme_id_map"], dict):
            raise _bad(model.stem, f"{config_file.name} has no phoneme map")
    except OSError as error:
        name = Path(error.filename or config_file).name
        raise _bad(model.stem, f"{name}: {error.strerror}") from None
    except KeyError as error:
        raise _bad(model.stem, f"{config_file.name} has no {error.args[0]}") from None
    except (ValueError, TypeError, RecursionError):
        raise _bad(model.stem, f"{config_file.name} is not a voice configuration") from None
    return Voice(model.stem, model, language, rate)


def check_voice(voice: Voice) -> None:
    """Verify the checksums of the packaged voice, before it is loaded; other voices have none.

    Raises:
        RubatoError: it is missing (code ``needs_model``) or damaged (code ``bad_model``).
    """
    if voice.packaged:
        verified_model(PACKAGED)


def bad_model(voice: Voice) -> RubatoError:
    """Return the error for a model that cannot be loaded."""
    return _bad(voice.name, f"{voice.model.name} is not a valid model")


def _bad(name: str, why: str) -> RubatoError:
    return RubatoError(f"The voice {name} cannot be used: {why}", todo=_TODO, code="bad_voice")


def _models(data: Path) -> list[Path]:
    folder = data / FOLDER
    models = {*folder.glob("*.onnx"), *(path.with_suffix("") for path in folder.glob("*.onnx.json"))}
    return sorted(models)


def _packaged() -> Voice:
    model = next(path for path in find_model(PACKAGED).values() if path.suffix == ".onnx")
    return replace(read_voice(model), packaged=True)
