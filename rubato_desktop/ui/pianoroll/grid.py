"""Time on the grid of device pixels that all pictures of the roll share."""

from __future__ import annotations

from dataclasses import dataclass

from rubato_desktop.ui.pianoroll.viewport import Viewport


@dataclass(frozen=True, slots=True)
class Grid:
    """Time on the grid of device pixels that all pictures share.

    Attributes:
        us_per_px: Microseconds a device pixel.
        left_px: Device pixel at the left edge, counted from 0 µs.
        scale: Device pixels a logical pixel.
    """

    us_per_px: float
    left_px: int
    scale: float

    @classmethod
    def of(cls, view: Viewport, scale: float) -> Grid:
        us_per_px = view.us_per_px / scale
        return cls(us_per_px, round(view.left / us_per_px), scale)

    def x(self, t: float) -> float:
        """Return the logical pixel of microsecond `t` from the left edge, on a whole device pixel."""
        return (round(t / self.us_per_px) - self.left_px) / self.scale

    def t(self, x: float) -> float:
        """Return the microsecond at logical pixel `x`."""
        return (x * self.scale + self.left_px) * self.us_per_px
