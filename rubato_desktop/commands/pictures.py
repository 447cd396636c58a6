"""Pictures over the open recording: add, list, show and remove them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import platformdirs

from rubato_desktop.commands.background import beside
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens
from rubato_desktop.commands.parameter_types import Choice, ChoiceOrText, Finite
from rubato_desktop.commands.playing import clock_time
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import PictureShown
from rubato_desktop.services.roll.images import EXTENSIONS
from rubato_desktop.services.roll.overlay import (
    MOST,
    Overlay,
    Picture,
    keep_picture,
    read_overlay,
    write_overlay,
)

LISTED = 9  # picture files in a list, so that one digit is enough to choose


@command()
async def picture_add(ctx: Context, picture: ChoiceOrText, seconds: Finite | None = None) -> Answer:
    """Add a picture to the open recording; a copy is kept in the recording's folder.

    Args:
        picture: A picture file, or its number in the list of picture files.
        seconds: Its time in the recording, in seconds; the playhead by default.
    """
    roll, folder = ctx.services.roll, _folder(ctx)
    if isinstance(picture, int):
        source: Path = ctx.services.numbered_lists.pick("picture file", picture, _newest_files)
    else:
        try:
            source = Path(picture).expanduser()
        except RuntimeError:  # the home of an unknown user, such as ~nobody
            source = Path(picture)
    if len(read_overlay(folder).pictures) >= MOST:
        raise RubatoError(f"{roll.title} can have at most {MOST} pictures", code="too_many")
    at = roll.position if seconds is None else round(seconds * 1e6)
    new = await beside(partial(keep_picture, folder, source, max(0, min(at, roll.notes.end))))
    overlay = read_overlay(folder)  # other commands may have changed it while the file was copied
    if new in overlay.pictures:
        raise RubatoError(f"{new.name} is already at {clock_time(new.t)}", code="taken")
    _save(ctx, folder, overlay.with_picture(new))
    ctx.services.undo.did(
        f"adding {new.name}", lambda: _save(ctx, folder, read_overlay(folder).without_picture(new))
    )
    return Answer(
        f"Added {new.name} at {clock_time(new.t)}",
        {"picture": str(folder / new.file), "seconds": new.t / 1e6},
        {"pictures": len(overlay.pictures) + 1},
    )


@command()
def picture_files(ctx: Context) -> Answer:
    """List the newest files in your pictures folder; `add picture` and a number adds one to the recording."""
    items = _newest_files()
    text = ctx.services.numbered_lists.show(ctx.t, "picture file", "Picture files", items)
    return Answer(text, [str(path) for _, path in items])


@command()
def pictures(ctx: Context) -> Answer:
    """List the pictures of the open recording; `picture` or `open` and a number shows one."""
    ctx.services.roll.show_opened()
    items = _pictures(ctx)
    return Answer(
        ctx.services.numbered_lists.show(ctx.t, "picture", "Pictures", items), [label for label, _ in items]
    )


@command()
def picture(ctx: Context, number: Choice) -> Answer:
    """Go to a picture and show it large.

    Args:
        number: Its number in the list of pictures.
    """
    ctx.services.roll.show_opened()
    return _open(ctx, ctx.services.numbered_lists.pick("picture", number, lambda: _pictures(ctx)))


@opens("picture")
def _open(ctx: Context, chosen: Picture) -> Answer:
    roll = ctx.services.roll
    if chosen not in roll.pictures:
        raise RubatoError(f"{chosen.name} was removed", code="no_such_choice")
    roll.seek(chosen.t)
    ctx.services.bus.publish(PictureShown(ctx.t, roll.pictures.index(chosen)))
    return Answer(
        f"{chosen.name} at {clock_time(chosen.t)}", {"seconds": chosen.t / 1e6, "file": chosen.file}
    )


@command()
def picture_remove(ctx: Context, picture: ChoiceOrText, seconds: Finite | None = None) -> Answer:
    """Remove a picture from the open recording; its copy stays in the recording's folder.

    Args:
        picture: Its number in the list of pictures, or its name.
        seconds: Its time in seconds, if several have the name; the one nearest to the playhead by default.
    """
    roll, folder = ctx.services.roll, _folder(ctx)
    if isinstance(picture, int):
        chosen: Picture = ctx.services.numbered_lists.pick("picture", picture, lambda: _pictures(ctx))
    else:
        near = roll.position if seconds is None else round(seconds * 1e6)
        candidates = [candidate for candidate in roll.pictures if candidate.name == picture]
        if not candidates:
            raise RubatoError(f"There is no picture {picture!r} in {roll.title}", code="no_such_choice")
        chosen = min(candidates, key=lambda candidate: abs(candidate.t - near))
    overlay = read_overlay(folder)
    if chosen not in overlay.pictures:
        raise RubatoError(f"{chosen.name} was removed", code="no_such_choice")
    _save(ctx, folder, overlay.without_picture(chosen))
    ctx.services.undo.did(
        f"removing {chosen.name}", lambda: _save(ctx, folder, read_overlay(folder).with_picture(chosen))
    )
    return Answer(f"Removed {chosen.name}", {"picture": str(folder / chosen.file)})


def _folder(ctx: Context) -> Path:
    """Return the folder of the open recording."""
    roll = ctx.services.roll
    if roll.live:
        raise RubatoError(
            "No recording is open to add pictures to or remove them from",
            todo="Stop recording and open the recording",
            code="nothing_open",
        )
    if roll.folder is None:
        raise RubatoError(
            f"Cannot add pictures to {roll.title}, which is not in the folder of a recording",
            todo="Open one of your recordings",
            code="no_folder",
        )
    return roll.folder


def _save(ctx: Context, folder: Path, overlay: Overlay) -> None:
    write_overlay(folder, overlay)
    roll = ctx.services.roll
    if roll.folder == folder:
        roll.lay(overlay)


def _pictures(ctx: Context) -> list[tuple[str, Any]]:
    return [(f"{picture.name} at {clock_time(picture.t)}", picture) for picture in ctx.services.roll.pictures]


def _newest_files() -> list[tuple[str, Any]]:
    folder = platformdirs.user_pictures_path()
    found = []
    try:
        for path in folder.iterdir():
            if path.suffix.lower() in EXTENSIONS and path.is_file():
                found.append((path.stat().st_mtime, path))
    except OSError:
        pass  # without a pictures folder the list is empty
    return [(path.name, path) for _, path in sorted(found, reverse=True)[:LISTED]]
