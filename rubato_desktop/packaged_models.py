"""The models, the voice and the SoundFont that come inside Python packages, as `resources/models.toml` lists them.

Sizes are checked whenever a file is looked up. The SHA-256 is checked when a model is loaded, once in a process for
each state of a file: hashing takes 0.7 ms a megabyte (70 ms for the largest), loading several times that, and both
happen on worker threads or in child processes. Results are not kept on disk: a record there could itself be wrong, and
every place that loads a model would have to know the data folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rubato_desktop.errors import RubatoError
from rubato_desktop.resources import resource


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One file of a model.

    Attributes:
        path: Where it lies in its package, with ``/``.
        bytes: Its size.
        sha256: Its digest, in hexadecimal.
    """

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model, a voice or a SoundFont that comes with a package.

    Attributes:
        name: Its key in the table.
        title: What it is called.
        use: What it is for.
        kept: What still works without it.
        distribution: The package, by its name on an index.
        version: The version of the package that the digests belong to.
        package: The package, by the name it is imported by.
        licence: Its licence, which need not be that of the package.
        source: Web page about it.
        files: Its files.
    """

    name: str
    title: str
    use: str
    kept: str
    distribution: str
    version: str
    package: str
    licence: str
    source: str
    files: tuple[PackagedFile, ...]

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)


@cache
def packaged_models() -> dict[str, PackagedModel]:
    """Return all models of the table, by name."""
    with resource("models.toml").open("rb") as file:
        table = tomllib.load(file)
    return {
        name: PackagedModel(name, **entry | {"files": tuple(PackagedFile(**one) for one in entry["files"])})
        for name, entry in table.items()
    }


def find_model(name: str) -> dict[str, Path]:
    """Return the files of a model; only their sizes are checked.

    Args:
        name: The model's name in the table.

    Returns:
        Path of each file, by its name without folders.

    Raises:
        RubatoError: a file is missing (code ``needs_model``) or has another size (code ``bad_model``).
    """
    model = packaged_models()[name]
    folder = _package_folder(model.package)
    found = {}
    for file in model.files:
        try:
            size = (folder / file.path).stat().st_size if folder is not None else None
        except OSError:
            size = None
        if folder is None or size is None:
            raise _missing(model, file)
        if size != file.bytes:
            raise _damaged(model, file, f"has {size:,} bytes instead of {file.bytes:,}")
        found[Path(file.path).name] = folder / file.path
    return found


def verified_model(name: str) -> dict[str, Path]:
    """Return the files of a model, as `find_model` does, after checking that their content is right.

    Raises:
        RubatoError: as `find_model`; or a file cannot be read or has another content (code ``bad_model``).
    """
    found = find_model(name)
    model = packaged_models()[name]
    for file, path in zip(model.files, found.values(), strict=True):
        try:
            changed = path.stat().st_mtime_ns
            right = _sha256(path, file.bytes, changed) == file.sha256
        except OSError as error:
            raise _damaged(model, file, f"cannot be read: {error.strerror}") from None
        if not right:
            raise _damaged(model, file, "has the wrong content")
    return found


@cache
def _sha256(path: Path, size: int, changed_ns: int) -> str:
    """Return the digest of a file; size and time of change are only there to tell its states apart."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _package_folder(name: str) -> Path | None:
    """Return the folder of an installed package, None where it is not installed; none of its code is run.

    To import these packages would take up to half a second, and some ask for others that are not installed.
    """
    found = importlib.util.find_spec(name)
    folders = found.submodule_search_locations if found is not None else None
    return Path(folders[0]) if folders else None


def _missing(model: PackagedModel, file: PackagedFile) -> RubatoError:
    return RubatoError(
        f"{model.title} is not installed: {Path(file.path).name} of the package {model.distribution} is missing",
        kept=model.kept,
        todo="Install Rubato again",
        code="needs_model",
    )


def _damaged(model: PackagedModel, file: PackagedFile, how: str) -> RubatoError:
    return RubatoError(
        f"{model.title} is damaged: {Path(file.path).name} of the package {model.distribution} {how}",
        kept=model.kept,
        todo="Install Rubato again",
        code="bad_model",
    )
