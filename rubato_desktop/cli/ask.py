"""`rubato ask`, `rubato correct`, `rubato inquiries`: questions, answers, and what becomes of them."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit, say, settings_of
from rubato_desktop.cli.knowing import knowing
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.service import check_topic_count, user_of

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.store import InquiryStore


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    ask = add(commands, common, "ask", _ask, "ask about what has been learnt")
    ask.add_argument("question", metavar="QUESTION", help="the question")
    ask.add_argument(
        "--topic", action="append", default=[], metavar="T", help="a topic to ask; as often as wished"
    )
    ask.add_argument("--tag", action="append", default=[], metavar="G", help="a tag that answers for itself")
    ask.add_argument("--prompt", metavar="FILE", help="a prompt with its places {context} and {question}")
    ask.add_argument("--model", metavar="M", help="the language model (default: that of the settings)")
    ask.add_argument("--temperature", type=float, metavar="X", help="how freely it speaks, 0 to 2")
    ask.add_argument(
        "--length",
        choices=["short", "normal", "long"],
        help="at most 60, 150 or 400 words (default: as in the settings)",
    )
    correct = add(commands, common, "correct", _correct, "put your words in place of an answer")
    correct.add_argument("id", metavar="ID", help="the inquiry, as listed; last for the latest")
    correct.add_argument("text", metavar="TEXT", help="the right answer; - reads it from standard input")
    top = commands.add_parser("inquiries", help="questions and answers that are kept")
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = add(inner, common, "list", _list, "list questions and answers, the latest first")
    listing.add_argument("--most", type=int, default=20, metavar="N", help="how many (default 20)")
    export = add(inner, common, "export", _export, "write questions and answers to a file")
    export.add_argument("file", metavar="FILE", help="FILE.jsonl to train a model with, or FILE.md to read")
    export.add_argument("--good", action="store_true", help="only those that were corrected or accepted")
    prune = add(inner, common, "prune", _prune, "write old ones to a file, then delete them")
    prune.add_argument("--dry-run", action="store_true", help="only say which would go")
    prune.add_argument("--days", type=int, metavar="N", help="older ones go (default: as in the settings)")
    prune.add_argument("--max-mb", type=float, metavar="MB", help="together they take no more")
    prune.add_argument("--sample", type=float, metavar="X", help="share of the old ones that stays, 0 to 1")
    prune.add_argument(
        "--by-scan",
        action="store_true",
        help="in place of the age, so many of the oldest go as the days since the last time are of 365",
    )


def _ask(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.pipeline import Answers
    from rubato_desktop.services.knowledge.client import RemoteRetrieval
    from rubato_desktop.services.model.models import Models

    data, settings = data_of(args), settings_of(args)
    check_topic_count(args.topic, settings)
    inquiries = _inquiries(data)
    models = Models(lambda: settings.ollama_host, on_fallback=say)
    with knowing(data, settings) as calls, contextlib.closing(models):
        answer = Answers(models, RemoteRetrieval(calls), find_corrections=inquiries.find_corrections).ask(
            args.question,
            topics=args.topic,
            tags=args.tag,
            prompt=Path(args.prompt).read_text(encoding="utf-8") if args.prompt else "",
            model=args.model or settings.model,
            temperature=settings.temperature if args.temperature is None else args.temperature,
            length=args.length or settings.answer_length,
            on_text=lambda text: None if args.json else print(text, end="", flush=True),
        )
    kept = inquiries.add(answer, user_of(settings))
    lines = [f"\n\n{one.n}. {one.source}" for one in answer.citations]
    emit(args, {**answer.as_json(), "id": kept.id}, "".join(lines).replace("\n\n", "\n"))
    if not args.json and not answer.citations:
        print()
    if answer.problem is not None:
        say(str(answer.problem))
    return DONE if answer.answered else NO


def _correct(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.history.store import learn_text_arguments

    data, settings = data_of(args), settings_of(args)
    text = sys.stdin.read() if args.text == "-" else args.text
    inquiry = _inquiries(data).correct(args.id, text, user_of(settings))
    with knowing(data, settings) as calls:
        calls("learn_text", **learn_text_arguments(inquiry))
    emit(args, inquiry.model_dump(mode="json"), f"Corrected: {inquiry.question}")
    return DONE


def _list(args: argparse.Namespace) -> int:
    inquiries = _inquiries(data_of(args))
    found = inquiries.latest(max(0, args.most))
    for problem in inquiries.problems:
        say(str(problem))
    lines = [
        f"{one.id}  {' '.join(one.question.split())}\n    {' '.join(one.current_answer.split())}"
        f"{' (corrected)' if one.corrections else ''}"
        for one in found
    ]
    told = {"inquiries": [one.model_dump(mode="json") for one in found]}
    emit(args, told, "\n".join(lines) or "Nothing was asked yet")
    return DONE


def _export(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.history.export import export

    inquiries = _inquiries(data_of(args))
    found = [one for one in inquiries.each() if one.good or (one.answered and not args.good)][::-1]
    export(found, Path(args.file))
    for problem in inquiries.problems:
        say(str(problem))
    emit(
        args, {"file": args.file, "inquiries": len(found)}, f"{args.file}: {len(found)} questions and answers"
    )
    return DONE


def _prune(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.history.retention import RetentionPolicy, prune
    from rubato_desktop.services.answers.history.store import local_now

    settings = settings_of(args)
    megabytes = settings.keep_inquiries_mb if args.max_mb is None else args.max_mb
    policy = RetentionPolicy(
        days=settings.keep_inquiries_days if args.days is None else args.days,
        bytes=round(megabytes * 1e6),
        sample=settings.keep_inquiries_sample if args.sample is None else args.sample,
        by_scan=args.by_scan,
    )
    if policy.days < 0 or policy.bytes < 0 or not 0 <= policy.sample <= 1:
        raise RubatoError("Days and megabytes are not below 0, a sample is 0 to 1", code="bad_arguments")
    done = prune(_inquiries(data_of(args)), policy, local_now(), dry_run=args.dry_run)
    told = {
        "dry_run": args.dry_run,
        "deleted": [one.as_json() for one in done.removals],
        "kept": done.kept,
        "exported": [str(path) for path in done.exported],
    }
    lines = [f"{one.id}  {one.why}" for one in done.removals]
    would = "would go" if args.dry_run else "deleted"
    lines.append(
        f"{len(done.removals)} {would}, {done.kept} stay{''.join(f'; written to {path}' for path in done.exported)}"
    )
    emit(args, told, "\n".join(lines))
    return DONE


def _inquiries(data: Path) -> InquiryStore:
    from rubato_desktop.services.answers.history.store import InquiryStore

    return InquiryStore(data)
