"""The words of the roll as a list, see `hidden_list`; the labels are its face."""

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
        """List these instead."""
        self.beginResetModel()
        self._words = words
        self.endResetModel()

    def count(self) -> int:
        return len(self._words)

    def text(self, place: int) -> str:
        heard = self._words.items[place]
        return describe(heard, format_time(heard.t))


class WordList(HiddenList):
    """The words, for keys and ears."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        self.words = WordModel(words, parent)
        super().__init__(
            self.words,
            parent,
            "Words of the pianoroll",
            "Arrows go from word to word, Enter opens the word's entry",
        )
