"""Report of a benchmark: measured figures beside their targets, as text or, with ``--json``, as JSON.

::

    report = Report("sound")
    report.series("note sent → sound recorded", milliseconds, "ms", target=10, at="p95")
    report.figure("memory", 143.2, "MB", target=250)
    report.show()

A target is an upper limit, or a lower one with ``least=True``. Targets are not enforced: the exit code is always 0.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

At = Literal["median", "p95", "p99", "max"]


@dataclass
class Line:
    """One figure of a report.

    Attributes:
        name: What was measured.
        unit: Unit of the values and the target.
        values: The keys are ``median``, ``p95``, ``p99`` and ``max`` for a series, or ``value``.
        target: Limit, or None.
        at: Key of the value that the target applies to.
        least: Whether the target is a lower limit.
        count: Number of measurements.
    """

    name: str
    unit: str
    values: dict[str, float]
    target: float | None = None
    at: str = "value"
    least: bool = False
    count: int = 1

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without a target."""
        if self.target is None:
            return None
        value = self.values[self.at]
        return value >= self.target if self.least else value <= self.target


@dataclass
class Report:
    """The figures of one benchmark.

    Args:
        title: Name of the benchmark.
    """

    title: str
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def series(
        self,
        name: str,
        values: Iterable[float],
        unit: str,
        *,
        target: float | None = None,
        at: At = "p95",
        least: bool = False,
    ) -> Line:
        """Add a series of measurements, of which median, p95, p99 and maximum are reported."""
        measured = np.fromiter(values, float)
        if not len(measured):
            raise ValueError(f"no measurements: {name}")
        median, p95, p99 = np.percentile(measured, (50, 95, 99))
        spread = {"median": median, "p95": p95, "p99": p99, "max": measured.max()}
        figures = {key: float(value) for key, value in spread.items()}
        return self._add(Line(name, unit, figures, target, at, least, len(measured)))

    def figure(
        self, name: str, value: float, unit: str, *, target: float | None = None, least: bool = False
    ) -> Line:
        """Add a single measurement."""
        return self._add(Line(name, unit, {"value": float(value)}, target, "value", least))

    def note(self, text: str) -> None:
        """Add a note about the measurement."""
        self.notes.append(text)

    def as_json(self) -> dict[str, Any]:
        """Return the report: ``benchmark``, ``machine``, ``figures`` (the attributes of each `Line`) and ``notes``."""
        figures = [
            {
                "name": line.name,
                "unit": line.unit,
                "values": line.values,
                "target": line.target,
                "at": line.at,
                "reached": line.reached,
                "count": line.count,
            }
            for line in self.lines
        ]
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        return {"benchmark": self.title, "machine": machine, "figures": figures, "notes": self.notes}

    def as_text(self) -> str:
        """Return the report as a table."""
        columns = ("median", "p95", "p99", "max")
        width = max((len(line.name) for line in self.lines), default=0) + 2
        rows = [f"{self.title:<{width}}{''.join(f'{name:>10}' for name in columns)}   target"]
        for line in self.lines:
            shown = [line.values.get(name) for name in columns]
            if "value" in line.values:
                shown[0] = line.values["value"]
            cells = "".join(f"{_number(value):>10}" for value in shown)
            rows.append(f"{line.name:<{width}}{cells}   {_target(line)}")
        return "\n".join([*rows, *(f"  {note}" for note in self.notes)])

    def show(self, arguments: list[str] | None = None) -> None:
        """Print the report, as JSON if the arguments (default: those of the program) include ``--json``."""
        as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
        print(json.dumps(self.as_json(), ensure_ascii=False, indent=1) if as_json else self.as_text())

    def _add(self, line: Line) -> Line:
        self.lines.append(line)
        return line


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value and abs(value) < 1:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"


def _target(line: Line) -> str:
    if line.target is None:
        return line.unit
    sign = "≥" if line.least else "≤"
    at = "" if line.at == "value" else f" {line.at}"
    return f"{sign} {line.target:g} {line.unit}{at}: {'reached' if line.reached else 'MISSED'}"
