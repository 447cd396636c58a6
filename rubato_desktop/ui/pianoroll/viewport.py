"""Which stretch of time is seen, and where a moment lies on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from rubato_desktop.clock import MILLISECOND, SECOND

SHORTEST = 50 * MILLISECOND
START_SPAN = 12 * SECOND
BEFORE_ZERO = (
    0.05  # share of the width that may lie before 0, so that the marker there is never at the very edge
)


@dataclass(slots=True)
class Viewport:
    """A window in time.

    Attributes:
        left: Microsecond at the left edge; a little below 0 at the beginning.
        span: Microseconds across the width.
        width: Pixels across.
        end: Microsecond of the last thing there is to see.
    """

    left: float = -BEFORE_ZERO * START_SPAN
    span: float = START_SPAN
    width: float = 1.0
    end: int = 0

    @property
    def right(self) -> float:
        """Microsecond at the right edge."""
        return self.left + self.span

    @property
    def us_per_px(self) -> float:
        return self.span / self.width

    @property
    def whole(self) -> float:
        """The span of all there is, with a little air; at least a second."""
        return max(1.0 * SECOND, self.end * (1 + 3 * BEFORE_ZERO))

    @property
    def longest(self) -> float:
        """The widest span that makes sense: all there is, at least a minute."""
        return max(60.0 * SECOND, self.whole)

    def x_of(self, t: float) -> float:
        """Return the pixel of microsecond `t`, from the left edge."""
        return (t - self.left) / self.span * self.width

    def t_at(self, x: float) -> float:
        """Return the microsecond at pixel `x`."""
        return self.left + x / self.width * self.span

    def move_to(self, left: float) -> None:
        """Put microsecond `left` at the left edge, as far as there is something to see."""
        first = -BEFORE_ZERO * self.span
        last = max(first, self.end - 0.25 * self.span)
        self.left = min(max(left, first), last)

    def pan(self, pixels: float) -> None:
        """Move by pixels; positive is later."""
        self.move_to(self.left + pixels * self.us_per_px)

    def set_span(self, span: float, anchor: float | None = None) -> None:
        """Show `span` microseconds; the moment `anchor` stays where it is on the screen (default: the left edge)."""
        span = min(max(span, SHORTEST), self.longest)
        held = self.left if anchor is None else anchor
        share = (held - self.left) / self.span
        self.span = span
        self.move_to(held - share * span)

    def zoom(self, factor: float, anchor: float) -> None:
        """Show `factor` times as much detail around microsecond `anchor`, which stays in place."""
        self.set_span(self.span / factor, anchor)

    def page_for(self, t: float, live: bool) -> float | None:
        """Return the left edge of the page that shows microsecond `t`, None when it is well in view.

        The page stays still while the playhead moves over it and turns when it comes near the edge: notes that stand
        still can be read. Live playing keeps more of what was played in view, a recording more of what comes.
        """
        share = (t - self.left) / self.span
        if 0 <= share <= 0.92:
            return None
        return t - (0.55 if live else 0.12) * self.span
