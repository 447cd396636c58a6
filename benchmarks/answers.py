"""Answers with the packaged model: time to the first words, time to stop, and grounding on made-up questions.

There are two sets of questions: `answers_questions.toml`, with which the evidence rules were tuned, and
`answers_held_out.toml`, which was held out. Passages come from a simple word index, so that only the answering is
measured; `benchmarks/knowledge.py` and `benchmarks/retrieval.py` measure the retrieval.

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

NO_SERVER = "http://127.0.0.1:9"
SETS = ("answers_questions.toml", "answers_held_out.toml")


def main(arguments: list[str]) -> None:
    times = int(arguments[arguments.index("--times") + 1]) if "--times" in arguments else 10
    report = Report("answers")
    models = Models(lambda: NO_SERVER)
    try:
        _cold(report)
        for name in SETS:
            _grounding(report, models, name)
        _first_token(report, models, times)
        _stop(report, models, times)
        _stop_ollama(report, times)
        rate = models.prompt_rate(models.choose())
        report.figure("prompt rate of the small model, last measured", rate, "tokens/s", least=True)
    finally:
        models.close()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    report.note(
        f"{os.cpu_count()} cores; load average {load:.1f} at the end (about 1.5 from this benchmark alone)."
    )
    report.show(arguments)


def _cold(report: Report) -> None:
    """The first question after a start, which also starts the process of the small model."""
    models = Models(lambda: NO_SERVER)
    index = PassageIndex.of(_load(SETS[0])["texts"])
    try:
        answer = Answers(models, index).ask("Who tuned the Pleyel?")
        report.figure("question → first words, without tags, cold", answer.first_ms, "ms", target=1000)
    finally:
        models.close()


def _grounding(report: Report, models: Models, name: str) -> None:
    questions = _load(name)
    answers = Answers(models, PassageIndex.of(questions["texts"]))
    first_ms, elapsed_ms = [], []
    asked = {True: 0, False: 0}
    correct = {True: 0, False: 0}
    cited = valid = 0
    for question, expected in (pair for pairs in questions["questions"].values() for pair in pairs):
        answer = answers.ask(question, length="short")
        first_ms.append(answer.first_ms)
        elapsed_ms.append(answer.elapsed_ms)
        asked[bool(expected)] += 1
        correct[bool(expected)] += (
            expected.casefold() in answer.answer.casefold() if expected else not answer.answered
        )
        for mark in re.findall(r"\[(\d+)\]", answer.answer):
            cited += 1
            valid += any(one.n == int(mark) and one.text for one in answer.citations)
    label = Path(name).stem.replace("_", " ")
    report.series(f"{label}: question → first words", first_ms, "ms", target=1000)
    report.series(f"{label}: question → whole answer", elapsed_ms, "ms")
    report.figure(
        f"{label}: answered correctly, of {asked[True]}", correct[True] / asked[True], "share", least=True
    )
    report.figure(
        f"{label}: refused correctly, of {asked[False]}", correct[False] / asked[False], "share", least=True
    )
    report.figure(f"{label}: valid citations, of {cited}", valid / cited, "share", target=1, least=True)


def _first_token(report: Report, models: Models, times: int) -> None:
    """Time to the model's first token, for a prompt of the smallest size."""
    model = models.choose()
    latencies = []
    for number in range(times):
        sources = f"{number} the river runs past the old mill. " * 10
        began = time.perf_counter()
        tokens = models.chat(model, [{"role": "user", "content": f"{sources} Say hello."}], max_tokens=8)
        next(tokens)
        latencies.append((time.perf_counter() - began) * 1e3)
        tokens.close()
    report.series("the small model's first token, 80 words of sources", latencies, "ms", target=1000)


def _stop(report: Report, models: Models, times: int) -> None:
    model = models.choose()
    for name, text, wait in (
        ("generates", "Count to a thousand.", 0.6),
        ("reads its prompt", "the river runs past the mill " * 400, 0.4),
    ):
        stopped, available = [], []
        for number in range(times):
            stop = Cancellation()
            cancelled_at = [0.0]

            def cancel(stop: Cancellation = stop, cancelled_at: list[float] = cancelled_at) -> None:
                cancelled_at[0] = time.perf_counter()
                stop.cancel()

            threading.Timer(wait, cancel).start()
            try:
                for _ in models.chat(
                    model, [{"role": "user", "content": f"{number} {text}"}], stop=stop, max_tokens=900
                ):
                    pass
            except Cancelled:
                stopped.append((time.perf_counter() - cancelled_at[0]) * 1e3)
                began = time.perf_counter()
                next(iter(models.chat(model, [{"role": "user", "content": "Hi"}], max_tokens=1)))
                available.append((time.perf_counter() - began) * 1e3)
        report.series(f"stop → silence, while the model {name}", stopped, "ms", target=300, at="max")
        report.series(f"stop → first token of the next question, while the model {name}", available, "ms")


def _stop_ollama(report: Report, times: int) -> None:
    stopped = []
    for _ in range(times):
        with FakeOllama(*["word "] * 500, pause_s=0.02) as ollama:
            models = Models(lambda url=ollama.url: url)  # type: ignore[misc]
            stop = Cancellation()
            threading.Timer(0.3, stop.cancel).start()
            began = time.perf_counter()
            answer = Answers(models, PassageIndex.of(_load(SETS[0])["texts"])).ask(
                "Who tuned the Pleyel?", stop=stop
            )
            stopped.append((time.perf_counter() - began - 0.3) * 1e3)
            assert answer.stopped
    report.series("stop → silence, fake Ollama server", stopped, "ms", target=300, at="max")


def _load(name: str) -> Mapping[str, Any]:
    return tomllib.loads((ROOT / "benchmarks" / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
