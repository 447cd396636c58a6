"""The words of the roll as an invisible list, see `hidden_list`; the labels show them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rubato_desktop.ui.pianoroll.hidden_list import HiddenList, TextModel
from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.words import Words, describe


class WordModel(TextModel):
    """The words in order of time."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words

    def show(self, words: Words) -> None:
        """Replace the words."""
        self.beginResetModel()
        self._words = words
        self.endResetModel()

    def count(self) -> int:
        return len(self._words)

    def text(self, row: int) -> str:
        result = self._words.items[row]
        return describe(result, format_time(result.t))


class WordList(HiddenList):
    """The words, for keyboard users and screen readers."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        self.words = WordModel(words, parent)
        super().__init__(
            self.words,
            parent,
            "Words of the pianoroll",
            "Use the arrow keys to move between words and Enter to open a word's entry",
        )
