"""Mapping between time and device pixels."""

from __future__ import annotations

from dataclasses import dataclass

from rubato_desktop.ui.pianoroll.viewport import Viewport


@dataclass(frozen=True, slots=True)
class Grid:
    """Maps time to device pixels.

    All images of a zoom level use one grid that starts at 0 µs. A note is therefore rounded to the same pixels in each
    of them, and neither flickers while the view scrolls nor shows a seam between two images.

    Attributes:
        us_per_px: Microseconds per device pixel.
        left_px: Device pixel at the left edge of the view, counted from 0 µs.
        scale: Device pixels per logical pixel.
    """

    us_per_px: float
    left_px: int
    scale: float

    @classmethod
    def of(cls, view: Viewport, scale: float) -> Grid:
        """Return the grid of a view on a screen with `scale` device pixels per logical pixel."""
        us_per_px = view.us_per_px / scale
        return cls(us_per_px, round(view.left / us_per_px), scale)

    def x(self, t: float) -> float:
        """Return the x of a time (µs) in logical pixels from the left edge, rounded to a whole device pixel."""
        return (round(t / self.us_per_px) - self.left_px) / self.scale

    def t(self, x: float) -> float:
        """Return the time (µs) at `x` logical pixels from the left edge."""
        return (x * self.scale + self.left_px) * self.us_per_px
