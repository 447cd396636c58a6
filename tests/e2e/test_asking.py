"""Questions to the running program: answered from its library, cancelled, corrected."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from fake_ollama import FakeOllama
from program import Program
from waiting import until


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path / "data")
    yield program
    program.end()


@pytest.fixture
def notes(tmp_path: Path, program: Program) -> Path:
    path = tmp_path / "notes.md"
    path.write_text("# Tuning\n\nThe Pleyel was tuned by Anna Berg on 3 May. She replaced two strings.")
    learn(program, path, "Pianos")
    return path


def learn(program: Program, path: Path, topic: str) -> None:
    assert program.ask("learn", path=str(path), topic=topic)["status"] == "ok"
    until(
        lambda: any(one["name"] == topic for one in program.ask("topics")["value"]), f"{topic} to be learnt"
    )


def test_an_answer_cites_the_learnt_source(program: Program, notes: Path) -> None:
    done = program.ask("ask", question="Who tuned the Pleyel?")
    assert done["status"] == "ok"
    assert done["value"]["answer"].startswith("“The Pleyel was tuned by Anna Berg on 3 May.” [1]")
    assert done["value"]["citations"][0]["source"] == str(notes)
    [listed] = program.ask("sources")["value"]
    assert listed["source"] == str(notes)


def test_a_follow_up_needs_the_conversation(program: Program, notes: Path) -> None:
    program.ask("ask", question="Who tuned the Pleyel?")
    assert "3 May" in program.ask("ask", question="And when was that?")["value"]["answer"]
    program.ask("new_conversation")
    assert not program.ask("ask", question="And when was that?")["value"]["answered"]


def test_each_chosen_topic_gets_a_part_of_the_answer(program: Program, notes: Path, tmp_path: Path) -> None:
    other = tmp_path / "cars.md"
    other.write_text("The car was tuned by Otto Lind. The Pleyel of cars is red.")
    learn(program, other, "Cars")
    names = [one["name"] for one in program.ask("topics")["value"]]
    program.ask("filter_add", number=names.index("Cars") + 1)
    program.ask("filter_set", kind="topic", name="Pianos")
    parts = program.ask("ask", question="Who tuned it?")["value"]["per_tag"]
    assert "Otto Lind" in parts["Cars"]["summary"]
    assert "Anna Berg" in parts["Pianos"]["summary"]
    assert program.ask("filter_remove", number=names.index("Cars") + 1)["value"]["topics"] == ["Pianos"]


def test_a_correction_answers_the_same_question_next_time(program: Program, notes: Path) -> None:
    program.ask("ask", question="Who tuned the Pleyel?")
    assert program.ask("correct", text="The Pleyel was tuned by Eva Holm.")["status"] == "ok"
    assert "Eva Holm" in program.ask("ask", question="Who tuned the Pleyel?")["value"]["answer"]
    assert program.ask("accept")["value"]["accepted"]
    assert [one["question"] for one in program.ask("inquiries")["value"]] == ["Who tuned the Pleyel?"] * 2


def test_the_word_stop_cancels_an_answer_and_keeps_its_text(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "notes.md"
    path.write_text("The Pleyel was tuned by Anna Berg on 3 May.")
    with FakeOllama(*["word "] * 2000, pause_s=0.02) as ollama:
        (tmp_path / "data" / "settings.toml").write_text(f'speech = false\nollama_host = "{ollama.url}"\n')
        program = Program(tmp_path / "data")
        try:
            learn(program, path, "Pianos")
            with ThreadPoolExecutor() as threads:
                done = threads.submit(program.ask, "ask", question="Who tuned the Pleyel?")
                until(lambda: ollama.requests, "the model to be asked")
                time.sleep(0.5)
                began = time.monotonic()
                program.ask("stop")
                value = done.result(10)["value"]
        finally:
            program.end()
    assert time.monotonic() - began < 3
    assert value["stopped"]
    assert value["answer"].startswith("word word")


def test_an_empty_library_says_so(program: Program) -> None:
    answer = program.ask("ask", question="Who tuned the Pleyel?")["value"]
    assert (answer["answered"], answer["answer"]) == (
        False,
        "Nothing in your library matches this question.",
    )


def test_remarks_of_a_recording_are_learnt_with_their_times(program: Program) -> None:
    program.ask("record_start")
    program.ask("remark", text="The thirds of the second theme are uneven.")
    program.ask("record_stop")
    until(
        lambda: "Remarks" in [one["name"] for one in program.ask("topics")["value"]],
        "the remark to be learnt",
    )
    answer = program.ask("ask", question="Which thirds are uneven?")["value"]
    assert "second theme" in answer["answer"]
    assert answer["citations"][0]["start_ms"] is not None
    opened = program.ask("source", number=answer["citations"][0]["n"])
    assert opened["state"]["open"] == str(Path(answer["citations"][0]["source"]).parent)


def test_remarks_of_a_slowly_written_recording_are_learnt(program: Program) -> None:
    program.ask("record_start")
    program.ask("remark", text="The thirds of the second theme are uneven.")
    [writing] = until(
        lambda: [
            child
            for child in psutil.Process(program.process.pid).children()
            if any("writer_process" in word for word in child.cmdline())
        ],
        "the process that writes sessions",
    )
    writing.suspend()
    with ThreadPoolExecutor() as threads:
        stopped = threads.submit(program.ask, "record_stop")
        until(lambda: program.ask("record_pause")["status"] == "failed", "the recording to be off")
        time.sleep(1)  # longer than a former timeout
        assert not stopped.done()
        writing.resume()
        assert stopped.result()["status"] == "ok"
    until(
        lambda: "Remarks" in [one["name"] for one in program.ask("topics")["value"]],
        "the remark to be learnt",
    )


def test_remarks_are_learnt_if_the_program_ends_while_recording(tmp_path: Path, program: Program) -> None:
    program.ask("topics")  # starts the knowledge process
    program.ask("record_start")
    program.ask("remark", text="The thirds of the second theme are uneven.")
    program.end()
    again = Program(tmp_path / "data")
    try:
        until(
            lambda: "Remarks" in [one["name"] for one in again.ask("topics")["value"]],
            "the remark to be learnt",
        )
    finally:
        again.end()


def test_the_document_learnt_last_is_tagged_and_forgotten(program: Program, notes: Path) -> None:
    assert program.ask("add_tag", tag="studio")["value"]["tags"] == ["studio"]
    assert program.ask("tags")["value"]["tags"] == ["studio"]
    assert program.ask("remove_tag", tag="studio")["value"]["tags"] == []
    assert program.ask("forget")["value"]["forgotten"] == [str(notes)]


def test_a_missing_file_is_reported(program: Program, tmp_path: Path) -> None:
    answer = program.ask("learn", path=str(tmp_path / "nowhere.txt"))
    assert answer["status"] == "failed"
    assert "does not exist" in answer["error"]["message"]


def test_a_killed_knowledge_process_restarts(program: Program, notes: Path) -> None:
    import psutil

    children = psutil.Process(program.process.pid).children()
    [worker] = [child for child in children if "rubato_desktop.services.knowledge.worker" in child.cmdline()]
    worker.kill()
    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, "the process to end")
    until(
        lambda: program.ask("ask", question="Who tuned the Pleyel?")["status"] == "ok",
        "the process to restart",
    )
