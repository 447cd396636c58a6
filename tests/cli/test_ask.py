"""`rubato ask`, `rubato correct` and `rubato inquiries`, with text and with JSON output."""

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


def test_question_is_answered_with_sources_and_listed(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run(capsys, tmp_path, "ask", "Who tuned the Pleyel?", "--length", "short")
    assert answer["answer"].startswith("“The Pleyel was tuned by Anna Berg on 3 May.” [1]")
    assert answer["citations"][0]["source"] == str(tmp_path / "tuning.md")
    listed = run(capsys, tmp_path, "inquiries", "list")["inquiries"]
    assert [inquiry["id"] for inquiry in listed] == [answer["id"]]
    assert listed[0]["question"] == "Who tuned the Pleyel?"


def test_text_output_is_the_answer_with_its_sources(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who tuned the Pleyel?", "--data", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert "Anna Berg" in printed.out
    assert printed.out.endswith(f"\n1. {tmp_path / 'tuning.md'}\n")
    assert "the small model that comes with Rubato answers" in printed.err


def test_exit_status_is_1_if_the_sources_do_not_answer(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "do not answer" in run(capsys, tmp_path, "ask", "Who built the Pleyel?", code=1)["answer"]


def test_empty_library_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
        request = ollama.requests[0]
    assert answer["answer"] == "Arr [1]."
    assert (request["model"], request["options"]["temperature"]) == ("other:latest", 0.5)
    assert request["messages"][-1]["content"].startswith("As a pirate: [1] <<")
    assert "at most 60 words" in request["messages"][0]["content"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "Who?", "--model", "nobody"], "There is no model 'nobody'"),
        (["ask", "Who?", "--prompt", "PROMPT"], "The prompt does not contain {context}"),
        (["ask", "Who?", "--prompt", "nowhere.txt"], "nowhere.txt"),
        (["ask", " "], "The question is empty"),
        (["correct", "nobody", "x"], "There is no inquiry 'nobody'"),
        (["inquiries", "export", "x.pdf"], "Choose a name that ends in .jsonl or .md"),
        (["inquiries", "prune", "--sample", "2"], "--sample must be between 0 and 1"),
    ],
)
def test_errors_are_reported_on_one_line(
    arguments: list[str], message: str, tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prompt.txt").write_text("Answer!")
    arguments = [str(tmp_path / "prompt.txt") if word == "PROMPT" else word for word in arguments]
    assert main([*arguments, "--data", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err


def test_correction_answers_the_same_question_and_is_exported(
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


def test_dry_run_of_prune_deletes_nothing(
    tmp_path: Path, learnt: None, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, tmp_path, "ask", "Who tuned the Pleyel?")
    planned = run(capsys, tmp_path, "inquiries", "prune", "--dry-run", "--max-mb", "0.0001")
    assert [removal["why"] for removal in planned["deleted"]] == ["size"]
    assert len(run(capsys, tmp_path, "inquiries", "list")["inquiries"]) == 1
    pruned = run(capsys, tmp_path, "inquiries", "prune", "--max-mb", "0.0001")
    assert Path(pruned["exported"][0]).is_file()
    assert run(capsys, tmp_path, "inquiries", "list")["inquiries"] == []


def test_doctor_reports_the_model_that_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
