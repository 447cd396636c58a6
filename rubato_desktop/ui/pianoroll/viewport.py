"""The visible time span, and its mapping to pixels."""

from __future__ import annotations

from dataclasses import dataclass

from rubato_desktop.clock import MILLISECOND, SECOND

SHORTEST = 50 * MILLISECOND
START_SPAN = 12 * SECOND
BEFORE_ZERO = (
    0.05  # share of the width that may show time before 0, so that the marker at 0 is not at the very edge
)


@dataclass(slots=True)
class Viewport:
    """The visible part of a timeline.

    Attributes:
        left: Time at the left edge, µs; slightly negative at the beginning.
        span: Length of the visible part, µs.
        width: Width, logical px.
        end: End of the content, µs.
    """

    left: float = -BEFORE_ZERO * START_SPAN
    span: float = START_SPAN
    width: float = 1.0
    end: int = 0

    @property
    def right(self) -> float:
        """Time at the right edge, µs."""
        return self.left + self.span

    @property
    def us_per_px(self) -> float:
        """Microseconds per logical pixel."""
        return self.span / self.width

    @property
    def whole(self) -> float:
        """Span that shows everything with a margin, µs; at least a second."""
        return max(1.0 * SECOND, self.end * (1 + 3 * BEFORE_ZERO))

    @property
    def longest(self) -> float:
        """Largest span that can be shown, µs: everything, and at least a minute."""
        return max(60.0 * SECOND, self.whole)

    def x_of(self, t: float) -> float:
        """Return the x of a time (µs) in logical pixels from the left edge."""
        return (t - self.left) / self.span * self.width

    def t_at(self, x: float) -> float:
        """Return the time (µs) at `x` logical pixels from the left edge."""
        return self.left + x / self.width * self.span

    def move_to(self, left: float) -> None:
        """Move the left edge to `left` µs, without leaving the content."""
        first = -BEFORE_ZERO * self.span
        last = max(first, self.end - 0.25 * self.span)
        self.left = min(max(left, first), last)

    def pan(self, pixels: float) -> None:
        """Move by `pixels`; positive values move to later times."""
        self.move_to(self.left + pixels * self.us_per_px)

    def set_span(self, span: float, anchor: float | None = None) -> None:
        """Show `span` µs; the time `anchor` (µs, default: the left edge) keeps its place on the screen."""
        span = min(max(span, SHORTEST), self.longest)
        held = self.left if anchor is None else anchor
        share = (held - self.left) / self.span
        self.span = span
        self.move_to(held - share * span)

    def zoom(self, factor: float, anchor: float) -> None:
        """Zoom in by `factor`; the time `anchor` (µs) keeps its place on the screen."""
        self.set_span(self.span / factor, anchor)

    def page_for(self, t: float, live: bool) -> float | None:
        """Return the left edge (µs) to scroll to so that `t` is in view, or None if it is well in view.

        The view turns pages instead of scrolling continuously, because notes that stand still are easier to read. The
        new page shows mostly the past when live, and mostly what follows in a recording.
        """
        share = (t - self.left) / self.span
        if 0 <= share <= 0.92:
            return None
        return t - (0.55 if live else 0.12) * self.span
