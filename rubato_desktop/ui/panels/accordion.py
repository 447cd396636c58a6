"""The folding panels at the side: all equally wide, headers always visible, open panels sharing the height."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Protocol, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.style.icons import paint_chevron
from rubato_desktop.ui.style.theme import Theme, base_size, font

LOWEST_BODY = 150  # px; a lower panel is not worth having open
Body = TypeVar("Body", bound=QWidget)


class PanelBody(Protocol):
    """The content of a panel: a widget with a name, a title, and one fact for its header.

    Attributes:
        name: Its short name in commands and settings.
        title: Its title in the window.
        fact_changed: Signal with the new fact.
        fact: The fact now, such as ``46 words``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    fact_changed: ClassVar[Signal]
    fact: str

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None: ...


class PanelHeader(QAbstractButton):
    """The line that folds a panel: its title at the left, one fact about it at the right."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme = theme
        self._title = title
        self._fact = ""
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._describe)
        theme.changed.connect(self.update)
        self._describe()

    def show_fact(self, fact: str) -> None:
        """Show a fact at the right, such as ``46 words``."""
        if fact != self._fact:
            self._fact = fact
            self._describe()
            self.update()

    def _describe(self) -> None:
        self.setAccessibleName(", ".join(filter(None, [self._title, self._fact])))
        self.setAccessibleDescription("Panel, unfolded" if self.isChecked() else "Panel, folded")
        click = "Click to fold" if self.isChecked() else "Click to unfold"
        self.setToolTip("\n".join(filter(None, [self._fact, click])))

    def sizeHint(self) -> QSize:
        return QSize(200, round(base_size() * 2.7))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(c.raised if self.underMouse() else c.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(c.line))
        paint_chevron(painter, 20, self.height() / 2, self.isChecked(), c.muted)
        painter.setFont(font(0.95, bold=True))
        painter.setPen(QColor(c.text if self.isChecked() else c.muted))
        inside = self.rect().adjusted(34, 0, -16, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, self._title)
        room = inside.width() - QFontMetrics(painter.font()).horizontalAdvance(self._title) - 14
        painter.setFont(font(0.92))
        painter.setPen(QColor(c.muted))
        fact = QFontMetrics(painter.font()).elidedText(self._fact, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, fact)
        if self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(3, 4, -4, -4), 5, 5)
        painter.end()


class Panel(QWidget):
    """A header, and a body that folds.

    Args:
        theme: Its colours.
        name: Its short name in commands and settings.
        title: Its title in the window.
        body: Its content.
    """

    def __init__(self, theme: Theme, name: str, title: str, body: QWidget) -> None:
        super().__init__()
        self.name, self.title, self.body = name, title, body
        self.header = PanelHeader(theme, title)
        self.header.setObjectName(f"panel-{name}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(body, 1)
        # Open panels are equally high, whatever their content asks for.
        body.setMinimumHeight(0)
        body.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    @property
    def is_open(self) -> bool:
        return self.header.isChecked()

    def set_open(self, shown: bool) -> None:
        self.header.setChecked(shown)
        self.body.setVisible(shown)
        upright = QSizePolicy.Policy.Expanding if shown else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, upright)


class Accordion(QWidget):
    """Panels one above the other. Open panels share the height; where it is too little, the one opened first folds.

    A panel that folds only for lack of room unfolds again when there is more.

    Args:
        panels: From the top.

    Signals:
        fold_requested: Name of a panel whose header was used.
    """

    fold_requested = Signal(str)

    def __init__(self, panels: Iterable[Panel]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.panels = {panel.name: panel for panel in panels}
        self._wanted = list(self.panels)[::-1]  # the panel opened last is last
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        for panel in self.panels.values():
            layout.addWidget(panel)
            panel.header.clicked.connect(lambda _=False, name=panel.name: self._on_clicked(name))
        layout.addStretch(0)

    def body(self, kind: type[Body]) -> Body:
        """Return the content of a class."""
        return next(panel.body for panel in self.panels.values() if isinstance(panel.body, kind))

    def set_folded(self, folded: Iterable[str]) -> None:
        """Fold these panels and unfold the others."""
        names = set(folded)
        new = [name for name in self.panels if name not in names and name not in self._wanted]
        self._wanted = [name for name in self._wanted if name not in names] + new
        self._arrange()

    def reveal(self, name: str) -> None:
        """Show an open panel that has been folded for lack of room; another folds in its place."""
        if name in self._wanted:
            self._wanted.remove(name)
            self._wanted.append(name)
            self._arrange()

    def _on_clicked(self, name: str) -> None:
        panel = self.panels[name]
        if name in self._wanted and panel.header.isChecked():
            # It was folded for lack of room, not by choice.
            self.reveal(name)
        else:
            self._arrange()
            self.fold_requested.emit(name)

    def _arrange(self) -> None:
        headers = sum(panel.header.sizeHint().height() for panel in self.panels.values())
        room = (
            max(1, (self.height() - headers) // LOWEST_BODY) if self.height() > headers else len(self.panels)
        )
        shown = set(self._wanted[-room:])
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        for row, (name, panel) in enumerate(self.panels.items()):
            panel.set_open(name in shown)
            layout.setStretch(row, 1 if name in shown else 0)
        layout.setStretch(len(self.panels), 0 if shown else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
