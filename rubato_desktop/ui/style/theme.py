"""The theme of the window: the current palette, font sizes, and the style sheet made from them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from rubato_desktop.language.dictionary import Language
from rubato_desktop.ui.style.palette import DARK, LIGHT, Palette, mix, readable

SMALLEST = 13  # px; smaller text cannot be read from a piano stool
NO_LANGUAGE = "#8a93a8"


class Theme(QObject):
    """The current palette: dark, light, or as the system's.

    Args:
        choice: ``system``, ``dark`` or ``light``.

    Signals:
        changed: Colours have changed.
    """

    changed = Signal()

    def __init__(self, choice: str = "system") -> None:
        super().__init__()
        self._choice = choice
        self._languages: dict[str, str] = {}
        self.colours = self._chosen()
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._update)

    def choose(self, choice: str) -> None:
        """Switch to ``system``, ``dark`` or ``light``."""
        self._choice = choice
        self._update()

    def use_languages(self, languages: Iterable[Language]) -> None:
        """Use the colours of these languages."""
        self._languages = {language.name: language.colour for language in languages}
        self.changed.emit()

    def language(self, name: str, ground: str | None = None) -> str:
        """Return the colour of a language as readable text on a ground (default: that of the panels)."""
        return _readable(self.own_colour(name), ground or self.colours.panel)

    def own_colour(self, name: str) -> str:
        """Return the colour of a language as in its file, for surfaces."""
        return self._languages.get(name, NO_LANGUAGE)

    def apply(self) -> None:
        """Apply the theme to the application."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setStyle("Fusion")
        app.setPalette(qt_palette(self.colours))
        app.setStyleSheet(style_sheet(self.colours))

    def _chosen(self) -> Palette:
        if self._choice == "system":
            hints = QGuiApplication.styleHints()
            light = hints is not None and hints.colorScheme() == Qt.ColorScheme.Light
            return LIGHT if light else DARK
        return LIGHT if self._choice == "light" else DARK

    def _update(self) -> None:
        colours = self._chosen()
        if colours is not self.colours:
            self.colours = colours
            self.apply()
            self.changed.emit()


@lru_cache(maxsize=256)
def _readable(colour: str, ground: str) -> str:
    return readable(colour, ground)


def base_size() -> int:
    """Return the height of ordinary text in px: the system's, but never too small to read."""
    return max(SMALLEST, QFontInfo(QGuiApplication.font()).pixelSize())


def font(scale: float = 1.0, *, bold: bool = False, stretch: int = 100) -> QFont:
    """Return the system's font.

    Args:
        scale: Its height, as a multiple of the ordinary one.
        bold: Whether it is bold.
        stretch: Width of its characters in percent.
    """
    made = QFont(QGuiApplication.font())
    made.setPixelSize(max(9, round(base_size() * scale)))
    made.setBold(bold)
    if stretch != 100:
        made.setStretch(stretch)
    return made


def translucent(colour: str, opacity: float) -> QColor:
    """Return a colour with an opacity (0-1)."""
    made = QColor(colour)
    made.setAlphaF(opacity)
    return made


def qt_palette(c: Palette) -> QPalette:
    """Return the palette of Qt's own widgets."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in {
        role.Window: c.panel,
        role.WindowText: c.text,
        role.Base: mix(c.raised, c.text, 0.10) if c.dark else c.raised,
        role.AlternateBase: c.raised,
        role.Text: c.text,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
        role.PlaceholderText: c.muted,
        role.Highlight: mix(c.panel, c.accent, 0.28),
        role.HighlightedText: c.text,
        role.Link: c.accent,
        role.BrightText: c.bad,
    }.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(mix(c.muted, c.panel, 0.35)))
    return palette


def style_sheet(c: Palette) -> str:
    """Return the style sheet of Qt's own widgets."""
    px = base_size()
    hover = mix(c.raised, c.text, 0.08)
    return f"""
* {{ font-size: {px}px; }}
QMainWindow, QWidget#side, QWidget#header, QWidget#strip, QWidget#status {{ background: {c.panel}; }}
QWidget#bar {{ background: {c.ground}; }}
QFrame#rule {{ background: {c.line}; }}
QWidget#header {{ border-bottom: 1px solid {c.line}; }}
QWidget#side {{ border-left: 1px solid {c.line}; }}
QWidget#strip, QWidget#status {{ border-top: 1px solid {c.line}; }}
QWidget#status QLabel {{ color: {c.muted}; font-size: {round(px * 0.93)}px; }}
QLabel[muted="true"] {{ color: {c.muted}; }}
QLabel[small="true"] {{ font-size: {round(px * 0.93)}px; }}
QLabel[strong="true"] {{ font-weight: bold; }}
QLabel[warn="true"] {{ color: {c.warn}; }}
QLabel#brand {{ font-size: {round(px * 1.25)}px; font-weight: bold; }}
QLabel#time {{ font-size: {round(px * 1.4)}px; }}
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: 5px; }}
QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox {{
    background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; border-radius: 6px;
    padding: 3px 9px; min-height: {px + 5}px; }}
QToolButton {{ padding: 3px 6px; min-width: {px + 3}px; }}
QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {c.line}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus {{
    border: 2px solid {c.accent}; padding: 2px 8px; }}
QToolButton:focus {{ padding: 2px 5px; }}
QPushButton:disabled, QToolButton:disabled {{ color: {mix(c.muted, c.panel, 0.35)}; }}
QPushButton[chip="true"] {{ border-radius: {px - 2}px; min-height: {px + 8}px; padding: 0 12px 0 9px; }}
QPushButton[chip="true"]:focus {{ padding: 0 11px 0 8px; }}
QPushButton[chip="true"]:checked {{ border-color: {c.accent}; background: {mix(c.raised, c.accent, 0.22)}; }}
QPushButton[chip="true"]:checked:disabled {{ color: {c.text}; }}
QPushButton[current="true"] {{ border-color: {mix(c.line, c.text, 0.45)}; font-weight: bold; }}
QLabel[mood="missed"], QLabel[mood="refused"] {{ color: {c.warn}; }}
QLabel[mood="failed"], QLabel[mood="timeout"] {{ color: {c.bad}; }}
QLabel[mood="erased"] {{ color: {c.muted}; }}
QPushButton#record[state="on"] {{ color: {c.bad}; border-color: {mix(c.line, c.bad, 0.5)}; }}
QToolButton[flat="true"] {{ background: transparent; border: 1px solid transparent; }}
QToolButton[flat="true"]:hover {{ background: {c.raised}; }}
QToolButton[flat="true"]:checked {{ background: {mix(c.ground, c.accent, 0.22)};
    border: 1px solid {mix(c.ground, c.accent, 0.45)}; }}
QToolButton[flat="true"]:focus {{ border: 2px solid {c.accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QComboBox::drop-down {{ border: none; width: {px + 4}px; }}
QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.line}; outline: 0; }}
QCheckBox {{ spacing: 7px; }}
QCheckBox:focus {{ color: {c.accent}; }}
QTreeView, QListView, QScrollArea, QPlainTextEdit, QTextBrowser {{ background: {c.panel}; border: none; outline: 0; }}
QTreeView:focus, QListView:focus {{ border: 1px solid {mix(c.panel, c.accent, 0.55)}; border-radius: 4px; }}
QScrollArea > QWidget > QWidget {{ background: {c.panel}; }}
QMenu {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: 5px; }}
QMenu::item {{ padding: 5px 22px 5px 14px; border-radius: 4px; }}
QMenu::item:selected {{ background: {mix(c.raised, c.accent, 0.28)}; }}
QMenu::separator {{ height: 1px; background: {c.line}; margin: 5px 8px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {mix(c.panel, c.text, 0.22)}; border-radius: 4px; min-height: 28px; min-width: 28px;
    margin: 1px; }}
QScrollBar::handle:hover {{ background: {mix(c.panel, c.text, 0.36)}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
