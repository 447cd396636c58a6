"""`rubato page`: pages as sound, links and text, in a real Chromium."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from web_server import Site

from rubato_desktop.cli import main
from rubato_desktop.midi.file.reader import read_midi
from rubato_desktop.resources import resource

pytestmark = pytest.mark.xdist_group("browser")

PAGES = Path(__file__).parents[1] / "pages"
KINDS = {"link", "image", "text", "heading", "field", "button", "media"}


class PageCommand:
    """Runs `rubato page` and captures its output."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *args: object) -> int:
        try:
            code = main(["page", *map(str, args)])
        except SystemExit as end:
            code = int(end.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *args: object) -> Any:
        assert self(*args, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def page(capsys: pytest.CaptureFixture[str]) -> PageCommand:
    return PageCommand(capsys)


def test_layout_is_printed_and_written_as_midi_and_wav(page: PageCommand, tmp_path: Path) -> None:
    midi_file, wav_file = tmp_path / "out.mid", tmp_path / "out.wav"
    output = page.json("layout", PAGES / "news.html", "--midi", midi_file, "--wav", wav_file)
    assert list(output) == ["viewport", "columns", "rows", "cells", "cues", "elements", "scan_ms"]
    assert output["viewport"] == {"width": 1280, "height": 800}
    assert (output["columns"], output["rows"]) == (24, 15)
    for cell in output["cells"]:
        assert list(cell) == ["x", "y", "kind", "density", "label"]
        assert 0 <= cell["x"] < 24 and 0 <= cell["y"] < 15 and 0 < cell["density"] <= 1
    positions = [(cell["y"], cell["x"]) for cell in output["cells"]]
    assert positions == sorted(positions), "in page order"
    kinds = {cell["kind"] for cell in output["cells"]}
    assert {"link", "image", "text", "heading"} <= kinds <= KINDS
    assert output["cues"] == 20
    assert output["elements"] > 10
    assert output["scan_ms"] > 0

    midi = read_midi(midi_file)
    assert midi.feedback and [track.name for track in midi.tracks] == ["feedback"]
    begun = {int(on) for on in midi.notes.table["on"] if on % 300_000 == 0}
    assert begun == {i * 300_000 for i in range(20)}

    with wave.open(str(wav_file)) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32768
    assert len(sound) >= 6 * rate * 0.99
    for i in range(20):
        slot = sound[int(i * 0.3 * rate) : int((i + 1) * 0.3 * rate)]
        assert np.abs(slot[: rate // 10]).max() > 0.003, f"cue {i} is heard"
        assert np.abs(slot[-rate // 300 :]).max() < 0.001, f"and ends before cue {i + 1}"


def test_headings_and_pictures_sound_by_level_and_size(page: PageCommand, tmp_path: Path) -> None:
    source = tmp_path / "weights.html"
    source.write_text(
        "<style>body { margin: 0 } svg, h1, h3 { position: absolute; margin: 0; left: 0 }</style>"
        "<h1 style='top: 10px'>One</h1><h3 style='top: 60px'>Three</h3>"
        "<svg style='top: 110px; width: 50px; height: 50px' role=img aria-label=small></svg>"
        "<svg style='top: 160px; width: 640px; height: 640px' role=img aria-label=large></svg>"
    )
    midi_file = tmp_path / "out.mid"
    page.json("layout", source, "--midi", midi_file)
    midi = read_midi(midi_file)
    programs = {message[0] & 0x0F: message[1] for _, _, message in midi.messages if message[0] & 0xF0 == 0xC0}
    notes = [(programs[int(note["channel"])], note) for note in midi.notes.table]
    rises = [int(note["note"]) for program, note in notes if program == 11]
    assert {b - a for a, b in zip(rises[::2], rises[1::2], strict=True)} >= {13, 7}, (
        "level 1 rises higher than 3"
    )
    loud = sorted({int(note["velocity"]) for program, note in notes if program == 60})
    assert loud[0] < 46
    assert loud[-1] == pytest.approx(40 + 80 * (640 * 640 / (1280 * 800)) ** 0.5, abs=2)


def test_viewport_option_sets_the_view(page: PageCommand) -> None:
    output = page.json("layout", PAGES / "article.html", "--viewport", "800x1200")
    assert output["viewport"] == {"width": 800, "height": 1200}
    assert output["rows"] == 36
    assert max(cell["y"] for cell in output["cells"]) > 18, "there is something in the lower half too"


def test_layout_summary_is_one_line(page: PageCommand, site: Site) -> None:
    assert page("layout", site.page("form.html")) == 0
    assert page.out.count("\n") == 1
    assert "cues in" in page.out and "field" in page.out


def test_own_sound_table_is_used(page: PageCommand, tmp_path: Path) -> None:
    default = resource("sounds", "page.toml").read_text(encoding="utf-8")
    own = tmp_path / "data" / "sounds" / "page.toml"
    own.parent.mkdir(parents=True)
    own.write_text(default.replace("apart_ms = 300", "apart_ms = 400"), encoding="utf-8")
    midi_file = tmp_path / "out.mid"
    assert page("layout", PAGES / "news.html", "--data", tmp_path / "data", "--midi", midi_file) == 0
    assert read_midi(midi_file).duration_us == 8_000_000
    own.write_text("apart_ms = 'long'", encoding="utf-8")
    assert page("layout", PAGES / "news.html", "--data", tmp_path / "data", "--midi", midi_file) == 0
    assert "page.toml" in page.err
    assert read_midi(midi_file).duration_us == 6_000_000


def test_links_are_numbered_in_page_order(page: PageCommand) -> None:
    output = page.json("links", PAGES / "search.html")
    assert [link["number"] for link in output["links"]] == list(range(1, len(output["links"]) + 1))
    assert len(output["links"]) > 4
    assert all(link["label"] and link["url"].startswith("file:") for link in output["links"])


def test_page_is_read_in_order(page: PageCommand) -> None:
    output = page.json("read", PAGES / "article.html")
    assert output["language"] == "en"
    headings = [item for item in output["items"] if item["kind"] == "heading"]
    assert headings[0]["level"] == 1
    assert all(value is not None for item in output["items"] for value in item.values())
    assert page("read", PAGES / "article.html") == 0
    assert f"\n\n# {headings[0]['text']}\n\n" in page.out


def test_unreachable_page_exits_with_1(page: PageCommand, tmp_path: Path) -> None:
    midi_file = tmp_path / "out.mid"
    assert page("layout", "http://127.0.0.1:81/", "--json", "--midi", midi_file) == 1
    assert (page.out, page.err.count("\n")) == ("", 1)
    assert not midi_file.exists()


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("layout", "nowhere.html"), "nowhere.html"),
        (("links", "chrome://version"), "http://"),
        (("read", str(PAGES)), "neither a file nor an address"),
        (("layout", "x.html", "--viewport", "10x10"), "10x10"),
        (("layout", "x.html", "--viewport", "wide"), "wide"),
        (("layout",), "required"),
    ],
)
def test_invalid_targets_are_explained_in_one_line(
    page: PageCommand, args: tuple[str, ...], reason: str
) -> None:
    assert page(*args) == 2
    assert reason in page.err
    assert page.err.count("\n") == 1


def test_missing_browser_names_what_to_install(page: PageCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert page("layout", PAGES / "news.html") == 2
    assert "Install Chromium" in page.err


def test_no_files_or_processes_are_left(
    page: PageCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = tmp_path / "t"
    short.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(short))
    assert page("layout", PAGES / "form.html") == 0
    assert list(short.iterdir()) == []
    assert [child.name() for child in psutil.Process().children() if "chrom" in child.name()] == []
