"""Page layouts: boxes in a viewport of 1280 x 800 px, divided into cells as the extension does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, COLUMNS, ROWS = 1280, 800, 24, 15


@dataclass(frozen=True)
class Box:
    """An element: its kind, and its rectangle in px."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    label: str = ""
    level: int | None = None


def page(*boxes: Box) -> dict[str, Any]:
    """Return the layout of a page, in the format of the extension."""
    side = WIDTH / COLUMNS, HEIGHT / ROWS
    found: dict[tuple[int, int, str], list[tuple[float, Box]]] = defaultdict(list)
    for box in boxes:
        for row in range(ROWS):
            for column in range(COLUMNS):
                wide = _overlap(box.x, box.width, column * side[0], side[0])
                high = _overlap(box.y, box.height, row * side[1], side[1])
                if wide * high > 0:
                    found[row, column, box.kind].append((wide * high / (side[0] * side[1]), box))
    cells = [_cell(place, inside) for place, inside in sorted(found.items())]
    return {
        "viewport": {"width": WIDTH, "height": HEIGHT},
        "columns": COLUMNS,
        "rows": ROWS,
        "cells": cells,
        "elements": len(boxes),
        "scan_ms": 4.5,
    }


def _overlap(a: float, length_a: float, b: float, length_b: float) -> float:
    return max(0.0, min(a + length_a, b + length_b) - max(a, b))


def _cell(place: tuple[int, int, str], inside: list[tuple[float, Box]]) -> dict[str, Any]:
    row, column, kind = place
    _, most = max(inside, key=lambda item: item[0])
    cell: dict[str, Any] = {"x": column, "y": row, "kind": kind}
    cell["density"] = round(min(1.0, sum(share for share, _ in inside)), 3)
    cell["label"] = most.label
    if most.level is not None:
        cell["level"] = most.level
    if kind == "image":
        cell["area"] = round(most.width * most.height / (WIDTH * HEIGHT), 3)
    return cell


def _menu(y: float, *labels: str) -> list[Box]:
    return [Box("link", 40 + i * 130, y, 90, 20, label) for i, label in enumerate(labels)]


def _lines(x: float, y: float, width: float, count: int) -> list[Box]:
    return [Box("text", x, y + i * 24, width * (1 if i < count - 1 else 0.6), 16) for i in range(count)]


LAYOUTS: dict[str, dict[str, Any]] = {
    "news": page(
        Box("image", 20, 10, 180, 50, "The Daily Page"),
        *_menu(80, "World", "Science", "Culture", "Sport", "Opinion", "Weather"),
        Box("field", 1000, 20, 200, 30, "Search"),
        Box("button", 1210, 20, 50, 30, "Go"),
        Box("heading", 40, 130, 700, 50, "A first headline", 1),
        Box("image", 40, 200, 460, 300, "A photograph"),
        *_lines(520, 200, 300, 12),
        *[
            box
            for i in range(4)
            for box in (
                Box("heading", 880, 140 + i * 150, 340, 30, f"Story {i + 1}", 3),
                Box("link", 880, 180 + i * 150, 200, 18, f"More on story {i + 1}"),
                Box("image", 1120, 180 + i * 150, 120, 80, ""),
            )
        ],
        Box("heading", 40, 530, 500, 36, "A second headline", 2),
        *_lines(40, 580, 760, 9),
        Box("media", 540, 510, 260, 60, "Listen to the news"),
    ),
    "article": page(
        *_menu(15, "Contents", "History", "Tools"),
        Box("heading", 200, 60, 640, 44, "Clavichord", 1),
        *_lines(200, 120, 640, 12),
        Box("image", 880, 120, 320, 240, "A clavichord of 1763"),
        Box("text", 880, 370, 320, 36),
        Box("heading", 200, 430, 300, 30, "Action", 2),
        *_lines(200, 470, 960, 14),
        *[Box("link", 230 + 170 * (i % 4), 118 + 48 * (i // 4), 80, 18, f"term {i}") for i in range(16)],
        *[Box("link", 20, 140 + 40 * i, 130, 18, f"section {i}") for i in range(12)],
    ),
    "form": page(
        Box("heading", 320, 40, 420, 40, "Your address", 1),
        *[
            box
            for i, label in enumerate(("Name", "Street", "Town", "Country", "Telephone"))
            for box in (
                Box("text", 320, 120 + i * 100, 120, 18, label),
                Box("field", 320, 145 + i * 100, 480, 36, label),
            )
        ],
        Box("button", 320, 650, 140, 44, "Save"),
        Box("button", 500, 650, 140, 44, "Cancel"),
        Box("link", 320, 720, 160, 18, "Why do we ask?"),
    ),
    "video": page(
        Box("media", 20, 70, 840, 474, "Nocturne, slowly"),
        Box("heading", 20, 560, 700, 34, "Nocturne, slowly", 1),
        *[
            Box("button", 20 + i * 110, 606, 90, 36, label)
            for i, label in enumerate(("Like", "Share", "Keep"))
        ],
        *_lines(20, 660, 800, 5),
        *[
            box
            for i in range(7)
            for box in (
                Box("image", 890, 70 + i * 104, 168, 94, ""),
                Box("link", 1070, 74 + i * 104, 180, 36, f"Next piece {i + 1}"),
            )
        ],
        Box("field", 420, 15, 420, 34, "Search"),
    ),
    "few": page(
        Box("heading", 560, 300, 160, 40, "Nothing found", 2),
        Box("link", 590, 380, 100, 18, "Go back"),
    ),
    "nothing": page(),
}
