"""The latency of the last words as a chart. Imported only when somebody opens it: its library is slow to load."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph

from rubato_desktop.plurals import counted
from rubato_desktop.ui.style.theme import Theme, font


class LatencyChart(pyqtgraph.PlotWidget):
    """Latency in ms, from the arrival of a note to its recognised word, one point a word.

    Args:
        theme: Its colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._values: tuple[float, ...] = ()
        self._curve = self.plot()
        self.setFixedHeight(130)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.getPlotItem().setLabel("left", "ms")
        for side in ("left", "bottom"):
            self.getPlotItem().getAxis(side).setStyle(tickFont=font(0.85))
        theme.changed.connect(self._dress)
        self._dress()

    def show_values(self, values: Sequence[float]) -> None:
        """Show these latencies in ms, the oldest first."""
        if tuple(values) != self._values:
            self._values = tuple(values)
            self._curve.setData(self._values)
            worst = max(self._values, default=0.0)
            self.setYRange(0, max(1.0, worst * 1.1), padding=0)
            words = counted(len(self._values), "word")
            self.setAccessibleName(f"Latency of the last {words}, at most {worst:.2f} ms")

    def _dress(self) -> None:
        c = self._theme.colours
        self.setBackground(c.panel)
        self._curve.setPen(pyqtgraph.mkPen(c.accent, width=1.5))
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(c.line)
            axis.setTextPen(c.muted)
