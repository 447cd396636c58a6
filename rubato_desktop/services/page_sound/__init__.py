"""The page as sound: grid cells of the view become cues, and cues become notes (`resources/sounds/page.toml`)."""

from rubato_desktop.services.page_sound.cells import KINDS, Cell, Layout, read_layout
from rubato_desktop.services.page_sound.learning import HearingCounts
from rubato_desktop.services.page_sound.player import PageSound, Summary
from rubato_desktop.services.page_sound.scoring import cell_sound, layout_cues, loaded_sound
from rubato_desktop.services.page_sound.table import Table, load_table, table_for
from rubato_desktop.services.page_sound.writing import feedback_bytes, write_feedback

__all__ = [
    "KINDS",
    "Cell",
    "HearingCounts",
    "Layout",
    "PageSound",
    "Summary",
    "Table",
    "cell_sound",
    "feedback_bytes",
    "layout_cues",
    "load_table",
    "loaded_sound",
    "read_layout",
    "table_for",
    "write_feedback",
]
