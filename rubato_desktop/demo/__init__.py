"""Tours of the real program, played from a script."""

from rubato_desktop.demo.browsing import browsing_tour
from rubato_desktop.demo.keys import tour

__all__ = ["browsing_tour", "tour"]
