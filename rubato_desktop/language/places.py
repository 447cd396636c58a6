"""Readers of positions in the view: a grid point, a box, scroll steps."""

from __future__ import annotations

from rubato_desktop.language.keys import COUNT, MIDDLE
from rubato_desktop.language.parameters import Reader, Step, Timing


class Grid(Reader):
    """A row (keys 11 to 0, top to bottom) and a column (keys 13 to 24, left to right), in any order; key 12 erases."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.row: int | None = None
        self.column: int | None = None

    def press(self, t: int, key: int) -> Step:
        if key == MIDDLE:
            return Step.ERASED
        if key < MIDDLE:
            if self.row is not None:
                return Step.UNKNOWN
            self.row = 11 - key
        else:
            if self.column is not None:
                return Step.UNKNOWN
            self.column = key - 13
        if self.row is None or self.column is None:
            return Step.MORE
        self.value = {"row": self.row, "column": self.column}
        return Step.DONE

    def labels(self) -> dict[int, str]:
        rows = {} if self.row is not None else {key: f"row {11 - key}" for key in range(MIDDLE)}
        columns = (
            {} if self.column is not None else {key: f"col {key - 13}" for key in range(MIDDLE + 1, COUNT)}
        )
        return {**rows, MIDDLE: "erase", **columns}

    def progress(self) -> str:
        parts = [("row", self.row), ("column", self.column)]
        return ", ".join(f"{name} {value}" for name, value in parts if value is not None)


class Box(Reader):
    """A grid point, then key 12 for the point alone or a second grid point for the box between them."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.points: list[dict[str, int]] = []
        self.grid = Grid(timing)

    def press(self, t: int, key: int) -> Step:
        untouched = self.grid.row is None and self.grid.column is None
        if key == MIDDLE and self.points and untouched:
            self.value = self.points
            return Step.DONE
        step = self.grid.press(t, key)
        if step is not Step.DONE:
            return step
        self.points.append(self.grid.value)
        self.grid = Grid(self.timing)
        if len(self.points) < 2:
            return Step.MORE
        self.value = self.points
        return Step.DONE

    def labels(self) -> dict[int, str]:
        labels = self.grid.labels()
        if self.points and not self.grid.progress():
            labels[MIDDLE] = "this point"
        return labels

    def progress(self) -> str:
        points = [f"row {point['row']}, column {point['column']}" for point in self.points]
        return "; ".join(filter(None, [*points, self.grid.progress()]))


class Scroll(Reader):
    """One key: 12 - key steps down; or a chord of two: 6 - lower key steps down and upper key - 18 steps right."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.first: int | None = None

    def press(self, t: int, key: int) -> Step:
        if self.first is None:
            self.first = key
            self.deadline = t + self.timing.together + 1
            return Step.MORE
        lower, upper = sorted((self.first, key))
        if lower > MIDDLE or upper < MIDDLE:
            return Step.UNKNOWN
        self.value = {"vertical": 6 - lower, "horizontal": upper - 18}
        return Step.DONE

    def expire(self) -> Step:
        if self.first is None:
            return Step.LAPSED
        self.value = {"vertical": MIDDLE - self.first, "horizontal": 0}
        return Step.DONE

    def labels(self) -> dict[int, str]:
        return {key: f"{12 - key:+d}" if key != MIDDLE else "0" for key in range(COUNT)}
