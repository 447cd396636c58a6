"""Time labels, and the positions of the grid lines."""

from __future__ import annotations

from math import ceil

from rubato_desktop.clock import MILLISECOND, SECOND

_STEPS = tuple(
    [n * MILLISECOND for n in (10, 20, 50, 100, 200, 500)]
    + [n * SECOND for n in (1, 2, 5, 10, 15, 30)]
    + [n * 60 * SECOND for n in (1, 2, 5, 10, 15, 30)]
    + [n * 3600 * SECOND for n in (1, 2, 4, 6, 12, 24)]
)
_PARTS = {1: 5, 2: 4, 5: 5, 10: 5, 15: 3, 30: 6, 12: 4, 6: 6, 24: 4, 4: 4}


def format_time(t: float, step: int = SECOND) -> str:
    """Format a time (µs) as m:ss or h:mm:ss, with as many decimals as a resolution of `step` µs needs."""
    decimals = 0 if step >= SECOND else 1 if step >= 100 * MILLISECOND else 2
    unit = 10**decimals
    whole, part = divmod(round(abs(t) / SECOND * unit), unit)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    if decimals:
        text += f".{part:0{decimals}}"
    return f"-{text}" if t < 0 and (whole or part) else text


def step_for(us_per_px: float, apart_px: float = 88) -> int:
    """Return a round interval (µs) that puts labelled lines at least `apart_px` pixels apart."""
    least = us_per_px * apart_px
    return next((step for step in _STEPS if step >= least), ceil(least / _STEPS[-1]) * _STEPS[-1])


def parts_of(step: int) -> int:
    """Return the number of subdivisions between two labelled lines that are `step` µs apart."""
    digits = step
    for unit in (3600 * SECOND, 60 * SECOND, SECOND, 100 * MILLISECOND, 10 * MILLISECOND):
        if step >= unit:
            digits = step // unit
            break
    return _PARTS.get(digits, 5)


def ticks(left: float, right: float, step: int) -> list[int]:
    """Return the non-negative multiples of `step` in left..right, µs."""
    first = max(ceil(left / step), 0) * step
    return list(range(first, int(right) + 1, step))
