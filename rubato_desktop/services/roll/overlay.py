"""The overlay of a recording: pictures and marks of iterations that the user adds afterwards.

It is stored as ``overlay.json`` in the recording's folder, so that the recording itself never changes. Pictures are
copied to ``pictures/`` there. All files are replaced atomically.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.files import write_beside
from rubato_desktop.services.roll.images import read_image
from rubato_desktop.services.roll.iterations import Edge
from rubato_desktop.services.sessions.durable_file import numbered

OVERLAY, PICTURES = "overlay.json", "pictures"
MOST = 500  # pictures of one recording
_LATEST = 1 << 52  # µs; some 140 years
_LONGEST_NAME = 60


class _EntryError(ValueError):
    """An entry of the file is invalid."""


class Picture(NamedTuple):
    """A picture at a position in a recording.

    Attributes:
        t: Its position, µs.
        file: Path of its copy, relative to the recording's folder, such as ``pictures/score.png``.
        name: Its name: that of the file it was copied from.
    """

    t: int
    file: str
    name: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """The overlay of one recording.

    Attributes:
        pictures: Its pictures, sorted by time.
        edges: Starts and ends of iterations, sorted by time.
    """

    pictures: tuple[Picture, ...] = ()
    edges: tuple[Edge, ...] = ()

    def with_picture(self, picture: Picture) -> Overlay:
        """Return a copy with a picture added."""
        return replace(self, pictures=tuple(sorted([*self.pictures, picture])))

    def without_picture(self, picture: Picture) -> Overlay:
        """Return a copy without a picture."""
        return replace(self, pictures=tuple(one for one in self.pictures if one != picture))

    def with_edge(self, edge: Edge) -> Overlay:
        """Return a copy with the start or end of an iteration added."""
        return replace(self, edges=tuple(sorted({*self.edges, edge})))

    def without_edge(self, edge: Edge) -> Overlay:
        """Return a copy without a start or end of an iteration."""
        return replace(self, edges=tuple(one for one in self.edges if one != edge))


def read_overlay(folder: Path) -> Overlay:
    """Read the overlay of a recording; it is empty if there is no file.

    Raises:
        RubatoError: the file is damaged; it is left unchanged.
    """
    path = folder / OVERLAY
    try:
        raw = json.loads(path.read_bytes())
        return Overlay(
            tuple(sorted(_picture(one) for one in raw.get("pictures", ()))),
            tuple(sorted(_edge(one) for one in raw.get("iterations", ()))),
        )
    except FileNotFoundError:
        return Overlay()
    except OSError as error:
        raise _unreadable(path, reason(error)) from None
    except _EntryError as error:
        raise _unreadable(path, str(error)) from None
    except (ValueError, RecursionError):
        raise _unreadable(path, "it is not valid JSON") from None
    except (KeyError, TypeError, AttributeError):
        raise _unreadable(path, "an entry is incomplete or of the wrong type") from None


def write_overlay(folder: Path, overlay: Overlay) -> None:
    """Write the overlay of a recording.

    Raises:
        OSError: it cannot be written; the previous file is unchanged.
    """
    raw = {
        "pictures": [picture._asdict() for picture in overlay.pictures],
        "iterations": [{"t": t, "what": what} for t, what in overlay.edges],
    }
    write_beside(folder / OVERLAY, json.dumps(raw, ensure_ascii=False, indent=1).encode() + b"\n")


def keep_picture(folder: Path, source: Path, t: int) -> Picture:
    """Copy a picture to a recording's folder; `write_overlay` adds it to the overlay.

    Args:
        folder: The recording's folder.
        source: The picture file.
        t: Position of the picture, µs.

    Raises:
        RubatoError: it is not a picture, or too large.
        OSError: it cannot be written.
    """
    image, data = read_image(source)
    pictures = folder / PICTURES
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in source.stem)[:_LONGEST_NAME] or "picture"
    for name in numbered(stem):
        path = pictures / f"{name}{image.extension}"
        if not path.exists():
            write_beside(path, data)
        elif path.stat().st_size != len(data) or path.read_bytes() != data:
            continue  # another picture has that name; the same picture is stored once
        return Picture(t, f"{PICTURES}/{path.name}", source.name)
    raise OSError(errno.EEXIST, f"{pictures} has no free name for {stem}")


def _picture(raw: Mapping[str, Any]) -> Picture:
    file, name = raw["file"], raw["name"]
    parts = PurePosixPath(file).parts
    # The folder may come from somebody else, so no file outside it may be shown.
    if len(parts) != 2 or parts[0] != PICTURES or parts[1] in ("..", ".") or "\\" in file:
        raise _EntryError(f"{file!r} is not a picture of this recording")
    if not isinstance(name, str):
        raise _EntryError(f"{name!r} is not a name")
    return Picture(_time(raw["t"]), file, name)


def _edge(raw: Mapping[str, Any]) -> Edge:
    what = raw["what"]
    if what not in ("start", "end"):
        raise _EntryError(f"{what!r} is neither start nor end")
    return _time(raw["t"]), what


def _time(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise _EntryError(f"{value!r} is not a time")
    return value


def _unreadable(path: Path, why: str) -> RubatoError:
    return RubatoError(
        f"{path} cannot be read: {why}",
        kept="The recording itself is intact, and the file is unchanged",
        todo=f"Correct it or move it away; the pictures are in {path.parent / PICTURES}",
        code="bad_overlay",
    )
