"""What a person lays over a recording afterwards: pictures, and marks of where iterations begin and end.

It stands in ``overlay.json`` in the recording's folder, beside the record of what happened, which never changes.
Pictures are copied into ``pictures/`` there. Both are written beside and moved into place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.services.roll.images import read_image
from rubato_desktop.services.roll.iterations import Edge
from rubato_desktop.services.sessions.durable_file import numbered

OVERLAY, PICTURES = "overlay.json", "pictures"
MOST = 500  # pictures over one recording
_LATEST = 1 << 52  # µs; some 140 years
_LONGEST_NAME = 60


class Picture(NamedTuple):
    """A picture over the roll at `t` µs.

    Attributes:
        t: Where it stands.
        file: Its copy, below the recording's folder, such as ``pictures/score.png``.
        name: What it is called: the name of the file it was copied from.
    """

    t: int
    file: str
    name: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """Everything that is laid over one recording.

    Attributes:
        pictures: By time.
        edges: Starts and ends of iterations, by time.
    """

    pictures: tuple[Picture, ...] = ()
    edges: tuple[Edge, ...] = ()

    def with_picture(self, picture: Picture) -> Overlay:
        return replace(self, pictures=tuple(sorted([*self.pictures, picture])))

    def without_picture(self, picture: Picture) -> Overlay:
        return replace(self, pictures=tuple(one for one in self.pictures if one != picture))

    def with_edge(self, edge: Edge) -> Overlay:
        return replace(self, edges=tuple(sorted({*self.edges, edge})))

    def without_edge(self, edge: Edge) -> Overlay:
        return replace(self, edges=tuple(one for one in self.edges if one != edge))


def read_overlay(folder: Path) -> Overlay:
    """Read what is laid over a recording; nothing when there is nothing.

    Raises:
        RubatoError: the file is damaged. It stays as it is.
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
        raise _unreadable(path, error.strerror or str(error)) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(path, str(error)) from None


def write_overlay(folder: Path, overlay: Overlay) -> None:
    """Keep what is laid over a recording.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    raw = {
        "pictures": [picture._asdict() for picture in overlay.pictures],
        "iterations": [{"t": t, "what": what} for t, what in overlay.edges],
    }
    write_beside(folder / OVERLAY, json.dumps(raw, ensure_ascii=False, indent=1).encode() + b"\n")


def keep_picture(folder: Path, source: Path, t: int) -> Picture:
    """Copy a picture into a recording's folder; it is laid over the roll by `write_overlay`.

    Args:
        folder: The recording's.
        source: The picture file.
        t: Where it is to stand, µs.

    Raises:
        RubatoError: it is no picture, or too large.
        OSError: it cannot be written.
    """
    image, data = read_image(source)
    pictures = folder / PICTURES
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in source.stem)[:_LONGEST_NAME] or "picture"
    for name in numbered(stem):
        path = pictures / f"{name}{image.ending}"
        if not path.exists():
            write_beside(path, data)
        elif path.stat().st_size != len(data) or path.read_bytes() != data:
            continue  # another picture of that name; the same one is kept once
        return Picture(t, f"{PICTURES}/{path.name}", source.name)
    raise OSError(f"{pictures} has no free name for {stem}")


def _picture(raw: Mapping[str, Any]) -> Picture:
    file, name = raw["file"], raw["name"]
    parts = PurePosixPath(file).parts
    # A folder may come from somebody else: nothing outside it is ever shown.
    if len(parts) != 2 or parts[0] != PICTURES or parts[1] in ("..", ".") or "\\" in file:
        raise ValueError(f"{file!r} is no picture of this recording")
    if not isinstance(name, str):
        raise ValueError(f"{name!r} is no name")
    return Picture(_time(raw["t"]), file, name)


def _edge(raw: Mapping[str, Any]) -> Edge:
    what = raw["what"]
    if what not in ("start", "end"):
        raise ValueError(f"{what!r} is neither start nor end")
    return _time(raw["t"]), what


def _time(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise ValueError(f"{value!r} is no time")
    return value


def _unreadable(path: Path, reason: str) -> RubatoError:
    return RubatoError(
        f"{path} cannot be read: {reason}",
        kept="The recording itself is whole, and the file stays as it is",
        todo=f"Mend it, or move it away; pictures stand in {path.parent / PICTURES}",
        code="bad_overlay",
    )
