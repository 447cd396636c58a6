"""Time on the pianoroll: format, grid lines and the visible part."""

from __future__ import annotations

import pytest

from rubato_desktop.ui.pianoroll.ruler import format_time, parts_of, step_for, ticks
from rubato_desktop.ui.pianoroll.viewport import SHORTEST, Viewport

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("seconds", "step", "text"),
    [
        (0, 1, "0:00"),
        (9.4, 1, "0:09"),
        (248, 1, "4:08"),
        (3600, 1, "1:00:00"),
        (36_061, 60, "10:01:01"),
        (61.25, 0.1, "1:01.2"),
        (61.25, 0.01, "1:01.25"),
        (59.999, 0.1, "1:00.0"),
        (-3, 1, "-0:03"),
        (-0.001, 1, "0:00"),
    ],
)
def test_format_of_times(seconds: float, step: float, text: str) -> None:
    assert format_time(seconds * SECOND, round(step * SECOND)) == text


@pytest.mark.parametrize("us_per_px", [50, 400, 1e4, 1e5, 3e6, 4e7, 1e9])
def test_labels_keep_their_minimum_distance(us_per_px: float) -> None:
    step = step_for(us_per_px, 88)
    assert step / us_per_px >= 88
    assert step % parts_of(step) == 0


def test_lines_start_at_zero() -> None:
    assert ticks(-3.0 * SECOND, 2.5 * SECOND, SECOND) == [0, SECOND, 2 * SECOND]


def make_view(left: float = 0.0, span: float = 10.0, end: float = 1000.0) -> Viewport:
    return Viewport(left * SECOND, span * SECOND, 1000, round(end * SECOND))


def test_time_to_pixel_and_back() -> None:
    view = make_view(5)
    assert view.x_of(10 * SECOND) == 500
    assert view.t_at(500) == 10 * SECOND


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.25, 7.0])
def test_zoom_keeps_the_time_under_the_pointer(factor: float) -> None:
    view = make_view(300)
    t = view.t_at(321)
    view.zoom(factor, t)
    assert view.x_of(t) == pytest.approx(321)
    assert view.span == pytest.approx(10 * SECOND / factor)


def test_zoom_is_limited() -> None:
    view = make_view()
    view.zoom(1e9, 0)
    assert view.span == SHORTEST
    view.zoom(1e-9, 0)
    assert view.span == view.longest
    assert view.left <= 0 and view.right > 1000 * SECOND


@pytest.mark.parametrize(("pixels", "left"), [(-1e9, -0.5), (1e9, 997.5), (100, 301)])
def test_panning_is_limited(pixels: float, left: float) -> None:
    view = make_view(300)
    view.pan(pixels)
    assert view.left == pytest.approx(left * SECOND)


@pytest.mark.parametrize(
    ("t", "live", "page"),
    [
        (5.0, False, None),
        (9.1, False, None),
        (9.5, False, 8.3),  # the new page shows mostly what follows
        (9.5, True, 4.0),  # live, it shows mostly the past
        (-2.0, False, -3.2),
    ],
)
def test_page_turns_only_near_its_edge(t: float, live: bool, page: float | None) -> None:
    turned = make_view().page_for(t * SECOND, live)
    assert turned == (None if page is None else pytest.approx(page * SECOND))
