"""The General-MIDI SoundFont: where it is, and reading it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from rubato_desktop.audio.soundfont_trim import trim_attack
from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import find_model, verified_model

log = logging.getLogger(__name__)

# Where Debian, Fedora, Arch and Homebrew put General-MIDI SoundFonts; the small one first, it loads at once.
MODEL = "soundfont"  # in the table of packaged models
SYSTEM_PLACES = (
    "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "/usr/share/soundfonts/default.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/soundfonts/FluidR3_GM.sf2",
    "/opt/homebrew/share/soundfonts/default.sf2",
)


def find_soundfont(places: Iterable[str | Path] | None = None) -> Path:
    """Return the SoundFont to play with: RUBATO_SOUNDFONT, the one installed with us, or the system's.

    Args:
        places: Where to look instead, in order.

    Raises:
        RubatoError: there is none.
    """
    if places is None:
        places = (os.environ.get("RUBATO_SOUNDFONT", ""), *_packaged(), *SYSTEM_PLACES)
    for place in places:
        if place and Path(place).is_file():
            return Path(place)
    raise RubatoError(
        "There is no General-MIDI SoundFont, so nothing can sound",
        kept="Everything else works",
        todo="Install the package timgm6mb-soundfont, or name a .sf2 file in RUBATO_SOUNDFONT",
        code="no_soundfont",
    )


def load_soundfont(path: Path | None = None) -> bytes:
    """Read a SoundFont, with the silence before its attacks taken out.

    Args:
        path: The file; what `find_soundfont` finds when None.

    Raises:
        RubatoError: there is none, it cannot be read, or the one installed with us is damaged.
    """
    path = path or find_soundfont()
    if path in _packaged():
        verified_model(MODEL)
    try:
        return trim_attack(path.read_bytes())
    except OSError as error:
        raise RubatoError(
            f"The SoundFont {path} cannot be read: {error.strerror}",
            kept="Everything but sound works",
            todo="Make it readable, or name another in RUBATO_SOUNDFONT",
            code="bad_soundfont",
        ) from error


def _packaged() -> tuple[Path, ...]:
    try:
        return tuple(find_model(MODEL).values())
    except RubatoError:
        log.warning("the SoundFont installed with us cannot be used", exc_info=True)
        return ()
