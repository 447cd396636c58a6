"""Readers: every file type becomes the same document model, and unreadable files say why."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import source_files

from rubato_desktop.services.knowledge.readers import Block, UnreadableSource, read, readable


def written(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_plain_text_is_split_into_paragraphs(tmp_path: Path) -> None:
    found = read(written(tmp_path, "a.txt", "One line\nand the next.\r\n\r\nAnother.\n"))
    assert [piece.text for piece in found.pieces] == ["One line and the next.", "Another."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_text_is_detected(tmp_path: Path, encoding: str) -> None:
    text = "Die Prüfung des Flügels wäre für Übende schön: größere Töne, süße Klänge. " * 4
    found = read(written(tmp_path, "a.txt", text.encode(encoding)))
    assert found.pieces[0].text == text.strip()


def test_markdown_headings_lists_and_code_are_recognised(tmp_path: Path) -> None:
    text = "---\nkey: value\n---\n# Title\n\nText\nof it.\n\nUnder\n-----\n- one\n- two\n  goes on\n\n"
    text += "```\n# code\n\nmore\n```\n"
    found = read(written(tmp_path, "a.md", text))
    assert found.title == "Title"
    assert [(piece.text, piece.heading) for piece in found.pieces] == [
        ("Title", True),
        ("Text of it.", False),
        ("Under", True),
        ("- one\n- two goes on", False),
        ("``` # code more ```", False),
    ]


def test_a_page_gives_its_visible_text(tmp_path: Path) -> None:
    page = """<title>On  tuning</title><nav>Home</nav><script>alert(1)</script><h2>Pitch</h2>
    <p>A<sub>4</sub> is <b>440</b> Hz.<br>Mostly.</p><div hidden>secret</div><p style="display: none">no</p>
    <ul><li>Strings<li>Hammers</ul><table><tr><td>a<td>b</table>tail"""
    found = read(written(tmp_path, "a.html", page))
    assert found.title == "On tuning"
    assert [piece.text for piece in found.pieces] == [
        "Pitch", "A4 is 440 Hz. Mostly.", "Strings", "Hammers", "a b", "tail",
    ]  # fmt: skip
    assert found.pieces[0].heading


def test_a_deeply_nested_page_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, "deep.html", "<div>" * 1_000 + "inmost"))
    assert [piece.text for piece in found.pieces] == ["inmost"]


def test_a_pdf_gives_text_with_page_numbers(tmp_path: Path) -> None:
    found = read(source_files.pdf(tmp_path / "a.pdf", ["First page.", "Second page."]))
    assert found.pieces == (Block("First page.", page=1), Block("Second page.", page=2))


def test_a_word_document_gives_headings_and_tables(tmp_path: Path) -> None:
    path = source_files.docx(
        tmp_path / "a.docx", [("Heading 1", "Pedals"), ("Normal", "Half.")], [["soft", "left"]]
    )
    assert [(piece.text, piece.heading) for piece in read(path).pieces] == [
        ("Pedals", True),
        ("Half.", False),
        ("soft | left", False),
    ]


def test_a_book_is_read_in_spine_order(tmp_path: Path) -> None:
    path = source_files.epub(
        tmp_path / "a.epub", {"one.xhtml": "<h1>One</h1><p>begins</p>", "two.xhtml": "<p>ends</p>"}
    )
    found = read(path)
    assert found.title == "A Book"
    assert [piece.text for piece in found.pieces] == ["One", "begins", "ends"]


SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Lift the wrist</i>

2
00:00:02,600 --> 00:00:04,000
before you play.

3
00:01:10,000 --> 00:01:12,000
Now slowly.
"""


def test_subtitles_give_sentences_with_times(tmp_path: Path) -> None:
    expected = (
        Block("Lift the wrist before you play.", start_ms=1000),
        Block("Now slowly.", start_ms=70_000),
    )
    assert read(written(tmp_path, "a.srt", SRT)).pieces == expected
    assert read(written(tmp_path, "a.vtt", "WEBVTT\n\n" + SRT.replace(",", "."))).pieces == expected


def damaged(tmp_path: Path, name: str) -> Path:
    """Create a file of the table below."""
    match name:
        case "broken.pdf" | "broken.docx" | "broken.epub":
            return written(tmp_path, name, b"%PDF-1.4\n garbage" * 9)
        case "half.pdf":
            whole = source_files.pdf(tmp_path / name, ["Words."] * 20).read_bytes()
            return written(tmp_path, name, whole[: len(whole) // 3])
        case "locked.pdf":
            return source_files.pdf(tmp_path / name, ["Words."], password="secret")
        case "scan.pdf":
            return source_files.pdf(tmp_path / name, ["", ""])
        case "locked.docx":
            return written(tmp_path, name, b"\xd0\xcf\x11\xe0" + bytes(600))
        case "bomb.epub":
            with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
                for n in range(5):
                    archive.writestr(f"{n}", bytes(100_000_000))
            return tmp_path / name
        case "binary.txt":
            return written(tmp_path, name, b"MZ\x90\0\x03\0\0\xff\xfe" * 50)
        case "empty.txt" | "none.srt":
            return written(tmp_path, name, b" \n")
        case "tool.exe":
            return written(tmp_path, name, b"MZ")
        case "huge.txt":
            with (tmp_path / name).open("wb") as file:
                file.truncate(1_000_000_000)
            return tmp_path / name
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("broken.pdf", "damaged", "is damaged or not a PDF"),
        ("half.pdf", "no_text|damaged", ""),
        ("locked.pdf", "encrypted", "is encrypted"),
        ("scan.pdf", "no_text", "has no text: its pages are images"),
        ("broken.docx", "damaged", "is damaged or not a Word document"),
        ("locked.docx", "encrypted", "is encrypted"),
        ("broken.epub", "damaged", "is damaged or not an EPUB book"),
        ("bomb.epub", "too_large", "is too large when unpacked"),
        ("binary.txt", "no_text", "is not a text file"),
        ("empty.txt", "no_text", "has no text"),
        ("none.srt", "no_text|damaged", ""),
        ("tool.exe", "unknown_kind", "is not a supported file type"),
        ("huge.txt", "too_large", "is too large (1,000 MB)"),
    ],
)
def test_an_unreadable_file_says_why(tmp_path: Path, name: str, code: str, reason: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        read(damaged(tmp_path, name))
    assert caught.value.code in code.split("|")
    assert f"{name} {reason}" in str(caught.value)


def test_the_only_supported_jsonl_file_is_a_session_journal(tmp_path: Path) -> None:
    assert readable(tmp_path / "journal.jsonl")
    assert not readable(tmp_path / "corpus.jsonl")
