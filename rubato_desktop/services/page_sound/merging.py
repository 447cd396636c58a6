"""Agglomerative merging: cells of one kind are merged pairwise until there are few enough cues to tell apart.

The pair whose merge loses least is merged next. Neighbours with the same label are parts of one element that the
grid has cut, so merging them loses nothing. Otherwise the loss of a merge is

    (1 + cells between the two) / (cues of that kind)

so near cells merge before distant ones, and a kind with many cues gives way to one with few: three hundred cells of
text do not drown the five links of a menu. Ties: the smaller pair first, then a pair within a row before one across
rows, then the first on the page. Only cells of one kind merge, so every kind that is present stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.services.page_sound.cells import KINDS, Cell

Group = tuple[Cell, ...]

_FAR: Final = 1 << 20  # larger than any distance in a grid
_PER_STEP: Final = 1 << 24  # one step outweighs any difference in size


def merge(cells: Iterable[Cell], limit: int) -> list[Group]:
    """Merge cells until at most `limit` groups are left; at least one group of each kind stays.

    Args:
        cells: Cells in any order.
        limit: The maximum number of groups.

    Returns:
        Groups of cells of one kind, ordered by kind and then by the page position of their first cell.
    """
    ordered = sorted(cells, key=lambda cell: (cell.y, cell.x, cell.label, cell.density))
    kinds = [_OneKind([cell for cell in ordered if cell.kind == kind]) for kind in KINDS]
    total = len(ordered)
    while total > limit:
        mergeable = [kind for kind in kinds if kind.count > 1]
        if not mergeable:
            break
        min(mergeable, key=_OneKind.loss).merge_nearest()
        total -= 1
    return [group for kind in kinds for group in kind.groups()]


class _OneKind:
    """The groups of one kind, with the nearest pair among them.

    The distance of two groups is counted in steps: 1 between neighbouring cells, 0 within one element. Each group
    caches its nearest neighbour, so that a merge updates a few rows of the distance matrix instead of all.
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
            self._find_nearest(np.arange(n))

    def groups(self) -> list[Group]:
        return [tuple(members) for members in self._members if members]

    def loss(self) -> tuple[float, int]:
        """The loss of the cheapest merge, and a tie-breaker that grows with the size of the merged group."""
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
        # The removed group is far from all others, so nothing merges with it.
        self._steps[i] = self._steps[:, i] = steps
        self._steps[j] = self._steps[:, j] = _FAR
        self._best[j], self._with[j] = _FAR * _PER_STEP, -1
        costs = self._find_nearest(np.array([i]))[0]
        self._find_nearest(np.flatnonzero((self._with == i) | (self._with == j)))
        nearer = costs < self._best
        self._best[nearer], self._with[nearer] = costs[nearer], i

    def _find_nearest(self, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Update the nearest neighbour of each of `groups`; returns the costs of merging them with all others."""
        size, top, bottom = self._size[groups, None], self._top[groups, None], self._bottom[groups, None]
        costs = self._steps[groups] * _PER_STEP + (self._size + size) * 2
        costs += (self._top != top) | (self._bottom != bottom)
        self._with[groups] = nearest = costs.argmin(axis=1)
        self._best[groups] = costs[np.arange(len(groups)), nearest]
        return costs
