"""Answers: the first words, the end when stopped, the grounding of made questions; by the model that comes with Rubato.

Two sets of made questions: `answers_questions.toml`, by which the rules of grounding were set, and
`answers_held_out.toml`, which they never saw. Passages are found by a plain index of words, so that the answering alone
is measured; `benchmarks/knowledge.py` measures the finding.

    python benchmarks/answers.py [--json] [--times N]
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from report import Report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from fake_ollama import FakeOllama  # noqa: E402
from passage_index import PassageIndex  # noqa: E402

from rubato_desktop.services.answers.pipeline import Answers  # noqa: E402
from rubato_desktop.services.model.models import Cancellation, Cancelled, Models  # noqa: E402

NOBODY = "http://127.0.0.1:9"
SETS = ("answers_questions.toml", "answers_held_out.toml")


def main(arguments: list[str]) -> None:
    times = int(arguments[arguments.index("--times") + 1]) if "--times" in arguments else 10
    report = Report("answers")
    models = Models(lambda: NOBODY)
    try:
        _cold(report)
        for name in SETS:
            _grounding(report, models, name)
        _words(report, models, times)
        _stopping(report, models, times)
        _stopping_ollama(report, times)
        rate = models.prompt_rate(models.choose())
        report.figure("prompt rate of the small model, last measured", rate, "tokens/s", least=True)
    finally:
        models.close()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    report.note(f"{os.cpu_count()} cores; load average {load:.1f} at the end (this alone: about 1.5).")
    report.show(arguments)


def _cold(report: Report) -> None:
    """A program that was just started: the process of the small model begins with the first question."""
    models = Models(lambda: NOBODY)
    index = PassageIndex.of(_made(SETS[0])["texts"])
    try:
        answer = Answers(models, index).ask("Who tuned the Pleyel?")
        report.figure("question → first words, without tags, cold", answer.first_ms, "ms", target=1000)
    finally:
        models.close()


def _grounding(report: Report, models: Models, name: str) -> None:
    made = _made(name)
    answers = Answers(models, PassageIndex.of(made["texts"]))
    firsts, wholes = [], []
    asked = {True: 0, False: 0}
    right = {True: 0, False: 0}
    cited = valid = 0
    for question, wanted in (pair for pairs in made["questions"].values() for pair in pairs):
        answer = answers.ask(question, length="short")
        firsts.append(answer.first_ms)
        wholes.append(answer.elapsed_ms)
        asked[bool(wanted)] += 1
        right[bool(wanted)] += (
            wanted.casefold() in answer.answer.casefold() if wanted else not answer.answered
        )
        for mark in re.findall(r"\[(\d+)\]", answer.answer):
            cited += 1
            valid += any(one.n == int(mark) and one.text for one in answer.citations)
    label = Path(name).stem.replace("_", " ")
    report.series(f"{label}: question → first words", firsts, "ms", target=1000)
    report.series(f"{label}: question → whole answer", wholes, "ms")
    report.figure(
        f"{label}: answered rightly, of {asked[True]}", right[True] / asked[True], "share", least=True
    )
    report.figure(
        f"{label}: refused rightly, of {asked[False]}", right[False] / asked[False], "share", least=True
    )
    report.figure(f"{label}: citations that stand, of {cited}", valid / cited, "share", target=1, least=True)


def _words(report: Report, models: Models, times: int) -> None:
    """The model's own first word, for a prompt that is cut to its rate."""
    model = models.choose()
    found = []
    for number in range(times):
        sources = f"{number} the river runs past the old mill. " * 10
        began = time.perf_counter()
        words = models.chat(model, [{"role": "user", "content": f"{sources} Say hello."}], most_tokens=8)
        next(words)
        found.append((time.perf_counter() - began) * 1e3)
        words.close()
    report.series("the small model's own first word, 80 words of sources", found, "ms", target=1000)


def _stopping(report: Report, models: Models, times: int) -> None:
    model = models.choose()
    for name, text, wait in (
        ("speaks", "Count to a thousand.", 0.6),
        ("reads", "the river runs past the mill " * 400, 0.4),
    ):
        silent, free = [], []
        for number in range(times):
            stop = Cancellation()
            wished = [0.0]

            def wish(stop: Cancellation = stop, wished: list[float] = wished) -> None:
                wished[0] = time.perf_counter()
                stop.cancel()

            threading.Timer(wait, wish).start()
            try:
                for _ in models.chat(
                    model, [{"role": "user", "content": f"{number} {text}"}], stop=stop, most_tokens=900
                ):
                    pass
            except Cancelled:
                silent.append((time.perf_counter() - wished[0]) * 1e3)
                began = time.perf_counter()
                next(iter(models.chat(model, [{"role": "user", "content": "Hi"}], most_tokens=1)))
                free.append((time.perf_counter() - began) * 1e3)
        report.series(f"stop → silent, while it {name}", silent, "ms", target=300, at="max")
        report.series(f"stop → first word of the next question, while it {name}", free, "ms")


def _stopping_ollama(report: Report, times: int) -> None:
    gone = []
    for _ in range(times):
        with FakeOllama(*["word "] * 500, pause_s=0.02) as ollama:
            models = Models(lambda url=ollama.url: url)  # type: ignore[misc]
            stop = Cancellation()
            threading.Timer(0.3, stop.cancel).start()
            began = time.perf_counter()
            answer = Answers(models, PassageIndex.of(_made(SETS[0])["texts"])).ask(
                "Who tuned the Pleyel?", stop=stop
            )
            gone.append((time.perf_counter() - began - 0.3) * 1e3)
            assert answer.stopped
    report.series("stop → silent, a server of Ollama's kind", gone, "ms", target=300, at="max")


def _made(name: str) -> Mapping[str, Any]:
    return tomllib.loads((ROOT / "benchmarks" / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
