"""The word after a new sound, and the hearing counts."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from rubato_desktop.services.page_sound.learning import HearingCounts, word_volume


def test_word_fades_out_after_twenty_hearings() -> None:
    volumes = [word_volume(hearings) for hearings in range(60)]
    assert volumes[:21] == [1.0] * 21
    assert volumes[40:] == [0.0] * 20
    assert all(a > b for a, b in pairwise(volumes[20:41]))


def test_counts_are_stored(tmp_path: Path) -> None:
    path = tmp_path / "hearings.json"
    hearings = HearingCounts(path)
    hearings.count(["link", "text", "link"])
    hearings.count(["link"])
    hearings.save()
    again = HearingCounts(path)
    assert (again["link"], again["text"], again["image"]) == (2, 1, 0)


def test_unchanged_counts_are_not_written(tmp_path: Path) -> None:
    HearingCounts(tmp_path / "hearings.json").save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b'{"link": "much"}', b"\xff", b'{"link": [', b'{"link": 1e999}']
)
def test_damaged_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hearings.json"
    path.write_bytes(content)
    hearings = HearingCounts(path)
    assert hearings["link"] == 0
    hearings.count(["link"])
    hearings.save()
    assert HearingCounts(path)["link"] == 1


def test_unwritable_file_raises(tmp_path: Path) -> None:
    hearings = HearingCounts(tmp_path / "nowhere" / "hearings.json")
    (tmp_path / "nowhere").write_text("a file, no folder")
    hearings.count(["link"])
    with pytest.raises(OSError):
        hearings.save()
