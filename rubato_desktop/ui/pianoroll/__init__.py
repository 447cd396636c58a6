"""The pianoroll: what is played and what was recorded, with the words over the notes."""

from rubato_desktop.ui.pianoroll.colours import RollColours
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.pictures import Laid
from rubato_desktop.ui.pianoroll.scene import NoteSeen
from rubato_desktop.ui.pianoroll.view import PianoRoll

__all__ = ["Laid", "Mark", "NoteSeen", "PianoRoll", "RollColours"]
