"""The pianoroll: live playing or an open recording, with the recognised words below the notes."""

from rubato_desktop.ui.pianoroll.colours import RollColours
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.pictures import PlacedPicture
from rubato_desktop.ui.pianoroll.scene import NoteInfo
from rubato_desktop.ui.pianoroll.view import PianoRoll

__all__ = ["Mark", "NoteInfo", "PianoRoll", "PlacedPicture", "RollColours"]
