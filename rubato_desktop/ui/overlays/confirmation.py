"""The question that waits for a yes or a no, over the pianoroll. Mouse, keyboard and played words answer it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.overlays.card import Card
from rubato_desktop.ui.style.theme import Theme


class QuestionCard(Card):
    """The question, until it is answered.

    Args:
        over: The widget above whose lower edge it stands.
        bridge: Runs `confirm` and `cancel`.
        theme: Its colours.
    """

    def __init__(self, over: QWidget, bridge: Bridge, theme: Theme) -> None:
        super().__init__(over, "question")
        self._theme = theme
        self.question = self.text.add_label(strong=True)
        self.yes, self.no = QPushButton("Confirm"), QPushButton("Cancel")
        self.yes.clicked.connect(lambda: bridge.run("confirm"))
        self.no.clicked.connect(lambda: bridge.run("cancel"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 14, 12)
        column.setSpacing(10)
        column.addWidget(self.text)
        column.addLayout(buttons)
        theme.changed.connect(self._dress)
        self._dress()

    def show_question(self, text: str, words: Mapping[str, Word]) -> None:
        """Show a question and, on the buttons, the keys that answer it; hide the card when the text is empty."""
        if not text:
            self.hide()
            return
        self.question.setText(text)
        self.setAccessibleName(f"Question: {text}")
        for button, label, command in ((self.yes, "Confirm", "confirm"), (self.no, "Cancel", "cancel")):
            word = next((word for word in words.values() if word.command == command), None)
            button.setText(f"{label}   {format_keys(word.keys)}" if word is not None else label)
        self.place()

    def _dress(self) -> None:
        self._style(self._theme.colours.raised, self._theme.colours.accent)
