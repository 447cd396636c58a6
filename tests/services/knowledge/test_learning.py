"""Files and folders are learnt, updated when they change, and forgotten when they are deleted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.learning import Learning, LearningResult
from rubato_desktop.services.knowledge.readers import Block, ReadDocument
from rubato_desktop.services.knowledge.store import Store


def learn(
    store: Store, *paths: Path, topics: tuple[str, ...] = (), tags: tuple[str, ...] = ()
) -> LearningResult:
    learning = Learning(store)
    queued, _ = learning.enqueue(paths, topics, tags)
    result = learning.run()
    result.removed += queued.removed
    result.problems += queued.problems
    return result


def names(paths: list[str]) -> list[str]:
    return [Path(path).name for path in paths]


def test_a_folder_is_learnt_with_subfolders_and_without_hidden_files(store: Store, folder: Path) -> None:
    (folder / "deeper").mkdir()
    (folder / "deeper" / "more.md").write_text("More.")
    (folder / ".git").mkdir()
    (folder / ".git" / "no.txt").write_text("No.")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    assert names(learn(store, folder).learnt) == ["chopin.md", "pedal.txt", "tuning.md", "more.md"]


def test_unchanged_files_are_not_learnt_again(store: Store, folder: Path) -> None:
    learn(store, folder)
    again = learn(store, folder)
    assert (again.learnt, len(again.unchanged)) == ([], 3)
    os.utime(folder / "pedal.txt", (1, 1))
    assert len(learn(store, folder).unchanged) == 3


def test_only_changed_chunks_are_embedded_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    parts = [f"# Part {n}\n\n" + f"All about key number {n}. " * 10 for n in range(6)]
    path.write_text("\n\n".join(parts))
    learn(store, path)
    parts[3] = "# Part 3\n\n" + "Something else. " * 12
    path.write_text("\n\n".join(parts))
    embedded: list[int] = []
    learning = Learning(store, lambda progress: embedded.append(progress.of))
    learning.enqueue([path])
    assert names(learning.run().learnt) == ["long.md"]
    assert embedded == [1]
    assert store.catalogue.statistics("ALL")["chunks"] == 6


def test_deleted_files_are_forgotten(store: Store, folder: Path) -> None:
    learn(store, folder)
    (folder / "pedal.txt").unlink()
    assert names(learn(store, folder).removed) == ["pedal.txt"]
    (folder / "tuning.md").unlink()
    assert names(learn(store, folder / "tuning.md").removed) == ["tuning.md"]
    assert store.count() == 1


def test_learning_again_adds_topics_and_tags(store: Store, folder: Path) -> None:
    learn(store, folder, topics=("One",), tags=("a",))
    learn(store, folder / "pedal.txt", topics=("Two",), tags=("b",))
    [found] = store.catalogue.documents(topic="Two")
    assert (found.topics, found.tags) == (("One", "Two"), ("a", "b"))
    assert store.search("dampers", topics=["Two"], within=True)[0].topics == ("One", "Two")


def test_a_bad_file_does_not_stop_the_others(store: Store, folder: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"%PDF nothing")
    result = learn(store, folder, folder / "nowhere.txt")
    assert len(result.learnt) == 3
    assert [problem.split(": ")[1] for problem in result.problems] == [
        "bad.pdf is damaged or not a PDF",
        "does not exist",
    ]
    assert result.waiting == 0


def test_a_page_is_learnt_under_its_address(store: Store) -> None:
    learning = Learning(store)
    page = ReadDocument("On rubato", (Block("Rubato means stolen time."),))
    assert learning.learn_text("https://example.org/rubato", page, ["Pages"]).learnt
    assert learning.learn_text("https://example.org/rubato", page, ["Pages"]).unchanged
    [found] = store.search("stolen time")
    assert found.source == "https://example.org/rubato"
    with pytest.raises(RubatoError, match="no text"):
        learning.learn_text("https://example.org/empty", ReadDocument("", (Block(" "),)))


def test_results_have_times_and_pages(store: Store, tmp_path: Path) -> None:
    (tmp_path / "lesson.srt").write_text("1\n00:02:05,000 --> 00:02:09,000\nKeep the wrist loose.\n")
    learn(store, tmp_path / "lesson.srt")
    [found] = store.search("loose wrist")
    assert (found.start_ms, found.page) == (125_000, None)


def test_a_full_disk_is_reported_and_learning_resumes(store: Store, folder: Path) -> None:
    # The size limit of SQLite gives the same error as a full disk.
    db = store.database.read
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 1}")
    learning = Learning(store)
    big = folder / "big.txt"
    big.write_text("\n\n".join(f"{n} " + "keys and strings " * 40 for n in range(40)))
    learning.enqueue([folder])
    with pytest.raises(RubatoError, match="The disk is full") as caught:
        learning.run()
    assert caught.value.kept == "What was already learnt is kept; the rest stays in the queue"
    db.execute("PRAGMA max_page_count = 1000000")
    learning.run()
    assert store.count() == 4
