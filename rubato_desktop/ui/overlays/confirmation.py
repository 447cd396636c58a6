"""The question that waits for a yes or a no, over the pianoroll: by mouse, by keyboard, or by the words for it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.overlays.card import Card
from rubato_desktop.ui.style.theme import Theme


class QuestionCard(Card):
    """The question, above its parent's lower edge, until it is answered.

    Args:
        over: The widget above whose lower edge it stands.
        bridge: Carries out `confirm` and `cancel`.
        theme: Its colours.
    """

    def __init__(self, over: QWidget, bridge: Bridge, theme: Theme) -> None:
        super().__init__(over)
        self._theme = theme
        self.setObjectName("question")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setProperty("strong", True)
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
        """Show a question, or take it away when the text is empty; the buttons tell the keys that answer it."""
        self.setVisible(bool(text))
        if not text:
            return
        self.text.setText(text)
        self.setAccessibleName(f"Question: {text}")
        for button, said, command in ((self.yes, "Confirm", "confirm"), (self.no, "Cancel", "cancel")):
            word = next((word for word in words.values() if word.command == command), None)
            button.setText(f"{said}   {format_keys(word.keys)}" if word is not None else said)
        self.place()
        self.raise_()

    def _dress(self) -> None:
        c = self._theme.colours
        self.setStyleSheet(
            f"QFrame#question {{ background: {c.raised}; border: 1px solid {c.accent}; border-radius: 8px; }}"
            f" QFrame#question QLabel {{ background: transparent; }}"
        )
