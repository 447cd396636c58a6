"""The models that hear: the one that comes with the program, and those that were put into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import find_model, verified_model

FOLDER: Final = "hearing"  # in the data folder
PACKAGED: Final = "whisper"  # in the table of packaged models
_FILES: Final = ("model.bin", "config.json", "tokenizer.json")
_TODO: Final = "Put all files of the model, model.bin, config.json and tokenizer.json, into its folder again"


@dataclass(frozen=True, slots=True)
class Model:
    """A Whisper model in the form of CTranslate2.

    Attributes:
        name: That of its folder; ``tiny.en`` for the packaged one.
        folder: Where its files lie.
        bytes: How large it is.
        packaged: Whether it came with the program.
    """

    name: str
    folder: Path
    bytes: int
    packaged: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "bytes": self.bytes,
            "packaged": self.packaged,
            "path": str(self.folder),
        }


def find_models(data: Path) -> tuple[list[Model], list[RubatoError]]:
    """Look for models.

    Args:
        data: The data folder.

    Returns:
        The models, the largest first, which hears best; and what was found that is no model.
    """
    found, problems = [], []
    looks: list[Callable[[], Model]] = [
        _packaged,
        *(partial(read_model, folder) for folder in _folders(data)),
    ]
    for look in looks:
        try:
            found.append(look())
        except RubatoError as problem:
            problems.append(problem)
    return sorted(found, key=lambda model: -model.bytes), problems


def choose_model(data: Path, name: str = "") -> Model:
    """Return the model of that name; the largest there is when no name is given.

    Raises:
        RubatoError: there is none (code ``no_model``), or it is damaged (code ``bad_model``).
    """
    models, problems = find_models(data)
    if name:
        models = [model for model in models if model.name == name]
        problems = [problem for problem in problems if name in problem.happened]
    if models:
        return models[0]
    if problems:
        raise problems[0]
    if name:
        known = ", ".join(model.name for model in find_models(data)[0])
        raise RubatoError(
            f"There is no model {name!r} that hears", todo=f"Choose one of {known}", code="no_model"
        )
    raise RubatoError(
        "There is no model that hears",
        kept="Keys and speech go on",
        todo="Install the application again, or add a model",
        code="no_model",
    )


def read_model(folder: Path) -> Model:
    """Look whether a folder holds a model; it is not loaded.

    Raises:
        RubatoError: a file is missing or damaged (code ``bad_model``).
    """
    name = folder.name
    try:
        sizes = {file: (folder / file).stat().st_size for file in _FILES}
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(name, f"{Path(error.filename or folder).name}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise _bad(name, "config.json is not valid JSON") from None
    if empty := next((file for file, size in sizes.items() if not size), ""):
        raise _bad(name, f"{empty} is empty")
    if not isinstance(config, dict):
        raise _bad(name, "config.json holds no settings")
    return Model(name, folder, sizes["model.bin"])


def check_model(model: Model) -> None:
    """Check the content of a model that came with the program, before it is loaded.

    Raises:
        RubatoError: it is missing (code ``needs_model``) or damaged (code ``bad_model``).
    """
    if model.packaged:
        verified_model(PACKAGED)


def _bad(name: str, why: str) -> RubatoError:
    return RubatoError(
        f"The model {name} is damaged: {why}", kept="Keys and speech go on", todo=_TODO, code="bad_model"
    )


def _packaged() -> Model:
    weights = find_model(PACKAGED)["model.bin"]
    return Model("tiny.en", weights.parent, weights.stat().st_size, packaged=True)


def _folders(data: Path) -> list[Path]:
    own = data / FOLDER
    return sorted(folder for folder in own.iterdir() if folder.is_dir()) if own.is_dir() else []
