"""Files and folders are learnt, learnt again when they change, and forgotten when they go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.learning import Learning, Learnt
from rubato_desktop.services.knowledge.readers import Passage, ReadDocument
from rubato_desktop.services.knowledge.store import Store


def learn(store: Store, *paths: Path, topics: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> Learnt:
    learning = Learning(store)
    said, _ = learning.want(paths, topics, tags)
    done = learning.work()
    done.removed += said.removed
    done.problems += said.problems
    return done


def names(paths: list[str]) -> list[str]:
    return [Path(path).name for path in paths]


def test_a_folder_is_learnt_with_all_in_it_but_what_is_hidden(store: Store, shelf: Path) -> None:
    (shelf / "deeper").mkdir()
    (shelf / "deeper" / "more.md").write_text("More.")
    (shelf / ".git").mkdir()
    (shelf / ".git" / "no.txt").write_text("No.")
    (shelf / "picture.png").write_bytes(b"\x89PNG")
    assert names(learn(store, shelf).learnt) == ["chopin.md", "pedal.txt", "tuning.md", "more.md"]


def test_what_has_not_changed_is_not_learnt_again(store: Store, shelf: Path) -> None:
    learn(store, shelf)
    again = learn(store, shelf)
    assert (again.learnt, len(again.unchanged)) == ([], 3)
    os.utime(shelf / "pedal.txt", (1, 1))
    assert len(learn(store, shelf).unchanged) == 3


def test_only_what_changed_in_a_text_is_embedded_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    parts = [f"# Part {n}\n\n" + f"All about key number {n}. " * 10 for n in range(6)]
    path.write_text("\n\n".join(parts))
    learn(store, path)
    parts[3] = "# Part 3\n\n" + "Something else. " * 12
    path.write_text("\n\n".join(parts))
    embedded: list[int] = []
    learning = Learning(store, lambda progress: embedded.append(progress.of))
    learning.want([path])
    assert names(learning.work().learnt) == ["long.md"]
    assert embedded == [1]
    assert store.catalogue.statistics("ALL")["chunks"] == 6


def test_what_has_gone_is_forgotten_with_its_folder_or_by_its_name(store: Store, shelf: Path) -> None:
    learn(store, shelf)
    (shelf / "pedal.txt").unlink()
    assert names(learn(store, shelf).removed) == ["pedal.txt"]
    (shelf / "tuning.md").unlink()
    assert names(learn(store, shelf / "tuning.md").removed) == ["tuning.md"]
    assert store.count() == 1


def test_learnt_again_into_another_topic_it_belongs_to_both(store: Store, shelf: Path) -> None:
    learn(store, shelf, topics=("One",), tags=("a",))
    learn(store, shelf / "pedal.txt", topics=("Two",), tags=("b",))
    [found] = store.catalogue.documents(topic="Two")
    assert (found.topics, found.tags) == (("One", "Two"), ("a", "b"))
    assert store.search("dampers", topics=["Two"], within=True)[0].topics == ("One", "Two")


def test_one_bad_file_does_not_keep_the_others(store: Store, shelf: Path) -> None:
    (shelf / "bad.pdf").write_bytes(b"%PDF nothing")
    done = learn(store, shelf, shelf / "nowhere.txt")
    assert len(done.learnt) == 3
    assert [problem.split(": ")[1] for problem in done.problems] == [
        "bad.pdf is damaged, or is no PDF",
        "is not there",
    ]
    assert done.waiting == 0


def test_a_page_is_learnt_under_its_address(store: Store) -> None:
    learning = Learning(store)
    page = ReadDocument("On rubato", (Passage("Rubato means stolen time."),))
    assert learning.learn_text("https://example.org/rubato", page, ["Pages"]).learnt
    assert learning.learn_text("https://example.org/rubato", page, ["Pages"]).unchanged
    [found] = store.search("stolen time")
    assert found.source == "https://example.org/rubato"
    with pytest.raises(RubatoError, match="no text"):
        learning.learn_text("https://example.org/empty", ReadDocument("", (Passage(" "),)))


def test_times_and_pages_come_with_what_is_found(store: Store, tmp_path: Path) -> None:
    (tmp_path / "lesson.srt").write_text("1\n00:02:05,000 --> 00:02:09,000\nKeep the wrist loose.\n")
    learn(store, tmp_path / "lesson.srt")
    [found] = store.search("loose wrist")
    assert (found.start_ms, found.page) == (125_000, None)


def test_a_full_disk_is_told_and_what_waits_goes_on(store: Store, shelf: Path) -> None:
    # SQLite says so of a disk that is full; a limit of its own is the same fault, and needs no disk.
    db = store.database.read
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 1}")
    learning = Learning(store)
    big = shelf / "big.txt"
    big.write_text("\n\n".join(f"{n} " + "keys and strings " * 40 for n in range(40)))
    learning.want([shelf])
    with pytest.raises(RubatoError, match="The disk is full") as caught:
        learning.work()
    assert caught.value.kept == "What was learnt before is kept, the rest waits"
    db.execute("PRAGMA max_page_count = 1000000")
    learning.work()
    assert store.count() == 4
