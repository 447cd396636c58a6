"""The models, the voice and the SoundFont that come inside Python packages, listed in `resources/models.toml`.

The size is checked whenever a file is looked up. The SHA-256 is checked when a model is loaded, once per process and
version of the file: hashing takes 0.7 ms per megabyte (70 ms for the largest), loading several times that, and both
run on worker threads or in child processes. Results are not cached on disk: a cache could itself be wrong, and
all code that loads a model would have to know the data folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.resources import resource


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One file of a model.

    Attributes:
        path: Path inside its package, with ``/``.
        bytes: Its size in bytes.
        sha256: Its SHA-256 digest, hexadecimal.
    """

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model, voice or SoundFont that comes inside a Python package.

    Attributes:
        name: Its key in the table.
        title: Its name for people.
        use: What the program uses it for.
        kept: What still works without it.
        distribution: Name of the package on the package index.
        version: Version of the package that the digests belong to.
        package: Import name of the package.
        licence: Licence of the model, which may differ from the package's.
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
        """Total size of its files in bytes."""
        return sum(file.bytes for file in self.files)


@cache
def packaged_models() -> dict[str, PackagedModel]:
    """Return all packaged models by name."""
    with resource("models.toml").open("rb") as file:
        table = tomllib.load(file)
    return {
        name: PackagedModel(name, **entry | {"files": tuple(PackagedFile(**one) for one in entry["files"])})
        for name, entry in table.items()
    }


def find_model(name: str) -> dict[str, Path]:
    """Find the files of a model and check their sizes.

    Args:
        name: Name of the model in the table.

    Returns:
        Path of each file by its file name.

    Raises:
        RubatoError: a file is missing (code ``needs_model``) or has the wrong size (code ``bad_model``).
    """
    model = packaged_models()[name]
    folder = _package_folder(model.package)
    paths = {}
    for file in model.files:
        try:
            size = (folder / file.path).stat().st_size if folder is not None else None
        except OSError:
            size = None
        if folder is None or size is None:
            raise _missing(model, file)
        if size != file.bytes:
            raise _damaged(model, file, f"has {size:,} bytes instead of {file.bytes:,}")
        paths[Path(file.path).name] = folder / file.path
    return paths


def verified_model(name: str) -> dict[str, Path]:
    """Find the files of a model, as `find_model` does, and check their content too.

    Raises:
        RubatoError: as `find_model`; also if a file cannot be read or has the wrong content (code ``bad_model``).
    """
    paths = find_model(name)
    model = packaged_models()[name]
    for file, path in zip(model.files, paths.values(), strict=True):
        try:
            changed = path.stat().st_mtime_ns
            right = _sha256(path, file.bytes, changed) == file.sha256
        except OSError as error:
            raise _damaged(model, file, f"cannot be read: {reason(error)}") from None
        if not right:
            raise _damaged(model, file, "has the wrong content")
    return paths


@cache
def _sha256(path: Path, size: int, changed_ns: int) -> str:
    """Return the digest of a file; size and modification time are only part of the cache key."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _package_folder(name: str) -> Path | None:
    """Return the folder of a package without running its code; None when it is not installed.

    Importing these packages would take up to half a second, and some import others that are not installed.
    """
    spec = importlib.util.find_spec(name)
    folders = spec.submodule_search_locations if spec is not None else None
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
