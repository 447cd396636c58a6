"""Speech recognition models: the one that comes with Rubato, and those in the data folder."""

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
PACKAGED: Final = "whisper"  # in resources/models.toml
_FILES: Final = ("model.bin", "config.json", "tokenizer.json")
_KEPT: Final = "Keys and speech still work"
_TODO: Final = "Copy all files of the model, model.bin, config.json and tokenizer.json, into its folder again"


@dataclass(frozen=True, slots=True)
class Model:
    """A Whisper model in CTranslate2's format.

    Attributes:
        name: Name of its folder; ``tiny.en`` for the packaged one.
        folder: Where its files are.
        bytes: Size of its weights.
        packaged: Whether it came with Rubato.
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
    """Find all models.

    Args:
        data: The data folder.

    Returns:
        The models, largest and so most accurate first; and an error for each folder that holds no valid model.
    """
    models, problems = [], []
    sources: list[Callable[[], Model]] = [
        _packaged,
        *(partial(read_model, folder) for folder in _folders(data)),
    ]
    for read in sources:
        try:
            models.append(read())
        except RubatoError as problem:
            problems.append(problem)
    return sorted(models, key=lambda model: -model.bytes), problems


def choose_model(data: Path, name: str = "") -> Model:
    """Return a model by name, or the largest one without a name.

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
            f"There is no speech recognition model {name!r}", todo=f"Choose one of {known}", code="no_model"
        )
    raise RubatoError(
        "There is no speech recognition model",
        kept=_KEPT,
        todo="Install Rubato again, or add a model",
        code="no_model",
    )


def read_model(folder: Path) -> Model:
    """Check that a folder holds a model, without loading it.

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
        raise _bad(name, "config.json is not a JSON object")
    return Model(name, folder, sizes["model.bin"])


def check_model(model: Model) -> None:
    """Verify the checksums of the packaged model, before it is loaded; other models have none.

    Raises:
        RubatoError: it is missing (code ``needs_model``) or damaged (code ``bad_model``).
    """
    if model.packaged:
        verified_model(PACKAGED)


def _bad(name: str, why: str) -> RubatoError:
    return RubatoError(f"The model {name} is damaged: {why}", kept=_KEPT, todo=_TODO, code="bad_model")


def _packaged() -> Model:
    weights = find_model(PACKAGED)["model.bin"]
    return Model("tiny.en", weights.parent, weights.stat().st_size, packaged=True)


def _folders(data: Path) -> list[Path]:
    root = data / FOLDER
    return sorted(folder for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else []
