"""Merging: neighbouring cells of one kind become one, until there are few enough to be told apart.

Which two merge next is a question of what is lost least. Neighbours that bear one label are one element cut by
the grid, and nothing is lost. Otherwise the loss of a merge is

    (1 + cells between the two) / (cues of that kind)

so near ones go before far ones, and a kind that has many cues gives way before one that has few: the five
links of a menu are not drowned by three hundred cells of text. Among equal losses the smaller pair merges
first, then one within a row before one across rows, then the one that comes first on the page. Only cells of
one kind ever merge, so each kind that is there stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.services.page_sound.cells import KINDS, Cell

Group = tuple[Cell, ...]

_FAR: Final = 1 << 20  # no grid is as wide
_PER_STEP: Final = 1 << 24  # one step weighs more than any difference in size


def merge(cells: Iterable[Cell], most: int) -> list[Group]:
    """Merge cells until at most `most` groups are left; as many as there are kinds always stay.

    Args:
        cells: Cells in any order.
        most: The most groups.

    Returns:
        Groups of cells of one kind; kind after kind, each in page order of its first cell.
    """
    ordered = sorted(cells, key=lambda cell: (cell.y, cell.x, cell.label, cell.density))
    kinds = [_OneKind([cell for cell in ordered if cell.kind == kind]) for kind in KINDS]
    total = len(ordered)
    while total > most:
        mergeable = [kind for kind in kinds if kind.count > 1]
        if not mergeable:
            break
        min(mergeable, key=_OneKind.loss).merge_nearest()
        total -= 1
    return [group for kind in kinds for group in kind.groups()]


class _OneKind:
    """The groups of one kind, and which two of them are nearest.

    How far two groups are is counted in steps: from one to the next it is one, within one element none. Each group
    remembers the one nearest to it, so that a merge looks at a few rows of the table of steps instead of all.
    """

    def __init__(self, cells: list[Cell]) -> None:
        self._members: list[list[Cell]] = [[cell] for cell in cells]
        self.count = n = len(cells)
        x = np.array([cell.x for cell in cells], np.int64)
        y = np.array([cell.y for cell in cells], np.int64)
        steps = np.maximum(np.abs(x[:, None] - x), np.abs(y[:, None] - y))
        labels = {label: number for number, label in enumerate({cell.label for cell in cells})}
        label = np.array([labels[cell.label] if cell.label else -1 - i for i, cell in enumerate(cells)])
        steps[(steps == 1) & (label[:, None] == label)] = 0
        self._steps: npt.NDArray[np.int64] = steps
        np.fill_diagonal(self._steps, _FAR)
        self._size = np.ones(n, np.int64)
        self._top, self._bottom = y.copy(), y.copy()
        self._best = np.empty(n, np.int64)
        self._with = np.empty(n, np.int64)
        if n:
            self._look(np.arange(n))

    def groups(self) -> list[Group]:
        return [tuple(members) for members in self._members if members]

    def loss(self) -> tuple[float, int]:
        """What the least of its merges would lose, and how many cells would be in it."""
        steps, rest = divmod(int(self._best.min()), _PER_STEP)
        return steps / self.count, rest

    def merge_nearest(self) -> None:
        one = int(self._best.argmin())
        i, j = sorted((one, int(self._with[one])))
        self._members[i] += self._members[j]
        self._members[j] = []
        self.count -= 1
        self._size[i] += self._size[j]
        self._top[i] = min(self._top[i], self._top[j])
        self._bottom[i] = max(self._bottom[i], self._bottom[j])
        steps = np.minimum(self._steps[i], self._steps[j])
        steps[[i, j]] = _FAR
        # What is no more is far from all, and nobody's nearest.
        self._steps[i] = self._steps[:, i] = steps
        self._steps[j] = self._steps[:, j] = _FAR
        self._best[j], self._with[j] = _FAR * _PER_STEP, -1
        costs = self._look(np.array([i]))[0]
        self._look(np.flatnonzero((self._with == i) | (self._with == j)))
        nearer = costs < self._best
        self._best[nearer], self._with[nearer] = costs[nearer], i

    def _look(self, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Find what is nearest to each of these groups; returns what their merges with all others would cost."""
        size, top, bottom = self._size[groups, None], self._top[groups, None], self._bottom[groups, None]
        costs = self._steps[groups] * _PER_STEP + (self._size + size) * 2
        costs += (self._top != top) | (self._bottom != bottom)
        self._with[groups] = nearest = costs.argmin(axis=1)
        self._best[groups] = costs[np.arange(len(groups)), nearest]
        return costs
