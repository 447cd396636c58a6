"""`rubato ask`, `rubato correct`, `rubato inquiries`, as a person or a program runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_ollama import FakeOllama

from rubato_desktop.cli import main

TEXTS = {"tuning": "The Pleyel was tuned by Anna Berg on 3 May. She replaced two strings."}


@pytest.fixture
def learnt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.md").write_text(text)
        assert main(["learn", str(tmp_path / f"{name}.md"), "--data", str(tmp_path)]) == 0
    capsys.readouterr()


def run(capsys: pytest.CaptureFixture[str], data: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main([*arguments, "--json", "--data", str(data)]) == code
    return dict(json.loads(capsys.readouterr().out))


def test_a_question_is_answered_cited_and_kept(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run(capsys, tmp_path, "ask", "Who tuned the Pleyel?", "--length", "short")
    assert answer["answer"].startswith("“The Pleyel was tuned by Anna Berg on 3 May.” [1]")
    assert answer["citations"][0]["source"] == str(tmp_path / "tuning.md")
    listed = run(capsys, tmp_path, "inquiries", "list")["inquiries"]
    assert [one["id"] for one in listed] == [answer["id"]]
    assert listed[0]["question"] == "Who tuned the Pleyel?"


def test_people_see_the_answer_and_its_sources(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who tuned the Pleyel?", "--data", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "Anna Berg" in told.out
    assert told.out.endswith(f"\n1. {tmp_path / 'tuning.md'}\n")
    assert "the small model that comes with Rubato answers" in told.err


def test_what_the_sources_do_not_answer_is_a_no(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "do not answer" in run(capsys, tmp_path, "ask", "Who built the Pleyel?", code=1)["answer"]


def test_where_nothing_is_learnt_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        "Nothing in your library" in run(capsys, tmp_path, "ask", "Who tuned the Pleyel?", code=1)["answer"]
    )


def test_prompt_model_temperature_and_length_reach_the_model(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prompt.txt").write_text("As a pirate: {context} {question}")
    with FakeOllama("Arr [1] [9].", models=[("big:latest", "8B"), ("other:latest", "8B")]) as ollama:
        (tmp_path / "settings.toml").write_text(f'ollama_host = "{ollama.url}"\n')
        arguments = ["--prompt", str(tmp_path / "prompt.txt"), "--model", "other", "--temperature", "0.5"]
        answer = run(capsys, tmp_path, "ask", "Who tuned it?", *arguments, "--length", "short")
        asked = ollama.requests[0]
    assert answer["answer"] == "Arr [1]."
    assert (asked["model"], asked["options"]["temperature"]) == ("other:latest", 0.5)
    assert asked["messages"][-1]["content"].startswith("As a pirate: [1] <<")
    assert "at most 60 words" in asked["messages"][0]["content"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "Who?", "--model", "nobody"], "There is no model 'nobody'"),
        (["ask", "Who?", "--prompt", "PROMPT"], "The prompt does not contain {context}"),
        (["ask", "Who?", "--prompt", "nowhere.txt"], "nowhere.txt"),
        (["ask", " "], "The question is empty"),
        (["correct", "nobody", "x"], "There is no inquiry 'nobody'"),
        (["inquiries", "export", "x.pdf"], "Choose a name that ends in .jsonl or .md"),
        (["inquiries", "prune", "--sample", "2"], "a sample is 0 to 1"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    arguments: list[str], words: str, tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prompt.txt").write_text("Answer!")
    arguments = [str(tmp_path / "prompt.txt") if one == "PROMPT" else one for one in arguments]
    assert main([*arguments, "--data", str(tmp_path)]) == 2
    assert words in capsys.readouterr().err


def test_a_correction_is_preferred_next_time_and_exported(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, tmp_path, "ask", "Who tuned the Pleyel?")
    corrected = run(capsys, tmp_path, "correct", "last", "The Pleyel was tuned by Eva Holm.")
    assert corrected["corrections"][0]["text"] == "The Pleyel was tuned by Eva Holm."
    again = run(capsys, tmp_path, "ask", "Who tuned the Pleyel?")
    assert again["answer"].startswith("“The Pleyel was tuned by Eva Holm.” [1]")
    assert again["citations"][0]["document"] == f"inquiry:{corrected['id']}"
    out = tmp_path / "out.jsonl"
    assert run(capsys, tmp_path, "inquiries", "export", str(out), "--good")["inquiries"] == 1
    assert json.loads(out.read_text(encoding="utf-8"))["corrected"] is True


def test_pruning_says_what_would_go_and_deletes_nothing_on_a_dry_run(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, tmp_path, "ask", "Who tuned the Pleyel?")
    told = run(capsys, tmp_path, "inquiries", "prune", "--dry-run", "--max-mb", "0.0001")
    assert [one["why"] for one in told["deleted"]] == ["size"]
    assert len(run(capsys, tmp_path, "inquiries", "list")["inquiries"]) == 1
    gone = run(capsys, tmp_path, "inquiries", "prune", "--max-mb", "0.0001")
    assert Path(gone["exported"][0]).is_file()
    assert run(capsys, tmp_path, "inquiries", "list")["inquiries"] == []


def test_the_doctor_finds_the_model_that_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def found() -> dict[str, Any]:
        main(["doctor", "--json", "--data", str(tmp_path)])
        checks = json.loads(capsys.readouterr().out)["checks"]
        return dict(next(check for check in checks if check["name"] == "model"))

    assert found()["found"] == "smollm2:135m, the small model that comes with Rubato"
    with FakeOllama() as ollama:
        (tmp_path / "settings.toml").write_text(f'ollama_host = "{ollama.url}"\n')
        assert found()["found"] == f"big:latest, by Ollama at {ollama.url}"
        (tmp_path / "settings.toml").write_text(f'ollama_host = "{ollama.url}"\nmodel = "nobody"\n')
        assert (found()["good"], found()["found"]) == (False, "There is no model 'nobody'")
