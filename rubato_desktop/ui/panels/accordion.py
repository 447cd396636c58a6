"""The folding panels at the side: all of one width, their headers always there, the open ones sharing the height."""

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

LOWEST_BODY = 150  # px; less of a panel is not worth having open
Body = TypeVar("Body", bound=QWidget)


class PanelBody(Protocol):
    """What a panel holds: a widget that registers itself with a name and a title, and tells one fact about itself.

    Attributes:
        name: Its short name, as commands call it.
        title: What people read.
        told: Emits the fact for the panel's header when it changes.
        fact: The fact now, such as ``46 words``.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    told: ClassVar[Signal]
    fact: str

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None: ...


class PanelHeader(QAbstractButton):
    """The line that folds a panel: its title, and at the right one fact about it."""

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
        self.toggled.connect(self._name)
        theme.changed.connect(self.update)
        self._name()

    def tell(self, fact: str) -> None:
        """Show a fact at the right, such as ``46 words``."""
        if fact != self._fact:
            self._fact = fact
            self._name()
            self.update()

    def _name(self) -> None:
        state = "unfolded" if self.isChecked() else "folded"
        self.setAccessibleName(", ".join(filter(None, [self._title, self._fact])))
        self.setAccessibleDescription(f"Panel, {state}")

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
    """A header and a body that folds away.

    Args:
        theme: Its colours.
        name: Its short name, as commands call it.
        title: What people read.
        body: What it holds.
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
        # Whatever is in them, open panels are of one height.
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
    """Panels one above the other. What is open shares the height; where it is too little, the one longest open folds.

    Only the person's choice is remembered: with more room, what had to fold comes back.

    Args:
        panels: From the top.
    """

    fold_asked = Signal(str)  # a panel's header was used

    def __init__(self, panels: Iterable[Panel]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.panels = {panel.name: panel for panel in panels}
        self._wanted = list(self.panels)[::-1]  # the one opened last is last
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        for panel in self.panels.values():
            layout.addWidget(panel)
            panel.header.clicked.connect(lambda _=False, name=panel.name: self._asked(name))
        layout.addStretch(0)

    def body(self, kind: type[Body]) -> Body:
        """Return what the panel of that kind holds."""
        return next(panel.body for panel in self.panels.values() if isinstance(panel.body, kind))

    def set_folded(self, folded: Iterable[str]) -> None:
        """Fold these panels, and unfold the others."""
        away = set(folded)
        new = [name for name in self.panels if name not in away and name not in self._wanted]
        self._wanted = [name for name in self._wanted if name not in away] + new
        self._arrange()

    def reveal(self, name: str) -> None:
        """Bring a panel that is to be open into view, also when there was no room for it."""
        if name in self._wanted:
            self._wanted.remove(name)
            self._wanted.append(name)
            self._arrange()

    def _asked(self, name: str) -> None:
        panel = self.panels[name]
        if name in self._wanted and panel.header.isChecked():
            # It was folded for want of room, not by choice.
            self.reveal(name)
        else:
            self._arrange()
            self.fold_asked.emit(name)

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
