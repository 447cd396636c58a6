"""Finds and reads the General MIDI SoundFont."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from rubato_desktop.audio.soundfont_trim import trim_attack
from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import find_model, verified_model

log = logging.getLogger(__name__)

MODEL = "soundfont"  # name in the table of packaged models
# Where Debian, Fedora, Arch and Homebrew install General MIDI SoundFonts; the smallest one first, as it loads fastest.
SYSTEM_PATHS = (
    "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "/usr/share/soundfonts/default.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/soundfonts/FluidR3_GM.sf2",
    "/opt/homebrew/share/soundfonts/default.sf2",
)


def find_soundfont(paths: Iterable[str | Path] | None = None) -> Path:
    """Return the SoundFont to use: RUBATO_SOUNDFONT, the packaged one, or one of the system.

    Args:
        paths: Candidates to try instead, in order.

    Raises:
        RubatoError: there is none.
    """
    if paths is None:
        paths = (os.environ.get("RUBATO_SOUNDFONT", ""), *_packaged(), *SYSTEM_PATHS)
    for path in paths:
        if path and Path(path).is_file():
            return Path(path)
    raise RubatoError(
        "No General MIDI SoundFont is installed, so there is no sound",
        kept="Everything else works",
        todo="Install the package timgm6mb-soundfont, or set RUBATO_SOUNDFONT to a .sf2 file",
        code="no_soundfont",
    )


def load_soundfont(path: Path | None = None) -> bytes:
    """Read a SoundFont, and trim the silence before the attacks of its samples.

    Args:
        path: The file; None for the result of `find_soundfont`.

    Raises:
        RubatoError: there is none, it cannot be read, or the packaged one is damaged.
    """
    path = path or find_soundfont()
    if path in _packaged():
        verified_model(MODEL)
    try:
        return trim_attack(path.read_bytes())
    except OSError as error:
        raise RubatoError(
            f"The SoundFont {path} cannot be read: {error.strerror}",
            kept="Everything else works, without sound",
            todo="Check its permissions, or set RUBATO_SOUNDFONT to another file",
            code="bad_soundfont",
        ) from error


def _packaged() -> tuple[Path, ...]:
    try:
        return tuple(find_model(MODEL).values())
    except RubatoError:
        log.warning("the packaged SoundFont cannot be used", exc_info=True)
        return ()
