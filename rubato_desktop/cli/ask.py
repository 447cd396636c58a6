"""`rubato ask`, `rubato correct` and `rubato inquiries`: ask questions, and correct, list, export and prune answers."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit, settings_of, warn
from rubato_desktop.cli.knowing import open_knowledge
from rubato_desktop.errors import RubatoError
from rubato_desktop.plurals import counted
from rubato_desktop.services.answers.service import check_topic_count, user_of

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.store import InquiryStore


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    ask = add(commands, common, "ask", _ask, "ask your library a question")
    ask.add_argument("question", metavar="QUESTION", help="the question")
    ask.add_argument(
        "--topic", action="append", default=[], metavar="T", help="also search this topic; can be repeated"
    )
    ask.add_argument(
        "--tag", action="append", default=[], metavar="G", help="also search this tag; can be repeated"
    )
    ask.add_argument("--prompt", metavar="FILE", help="a prompt that contains {context} and {question}")
    ask.add_argument("--model", metavar="M", help="the language model (default: as in the settings)")
    ask.add_argument(
        "--temperature",
        type=float,
        metavar="X",
        help="the model's temperature, 0 to 2 (default: as in the settings)",
    )
    ask.add_argument(
        "--length",
        choices=["short", "normal", "long"],
        help="at most 60, 150 or 400 words (default: as in the settings)",
    )
    correct = add(commands, common, "correct", _correct, "correct an answer in your own words")
    correct.add_argument("id", metavar="ID", help="the question's id, as listed; last is the latest")
    correct.add_argument("text", metavar="TEXT", help="the right answer; - reads it from standard input")
    top = commands.add_parser("inquiries", help="list, export and prune questions and their answers")
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = add(inner, common, "list", _list, "list questions and answers, latest first")
    listing.add_argument("--most", type=int, default=20, metavar="N", help="how many (default 20)")
    export = add(inner, common, "export", _export, "export questions and answers to a file")
    export.add_argument("file", metavar="FILE", help="FILE.jsonl to train a model, or FILE.md to read")
    export.add_argument("--good", action="store_true", help="only corrected or accepted answers")
    prune = add(
        inner, common, "prune", _prune, "export old questions and answers to a file, then delete them"
    )
    prune.add_argument("--dry-run", action="store_true", help="only show what would be deleted")
    prune.add_argument(
        "--days", type=int, metavar="N", help="delete what is older (default: as in the settings)"
    )
    prune.add_argument(
        "--max-mb",
        type=float,
        metavar="MB",
        help="keep at most this many megabytes (default: as in the settings)",
    )
    prune.add_argument(
        "--sample",
        type=float,
        metavar="X",
        help="share of the old ones to keep, 0 to 1 (default: as in the settings)",
    )
    prune.add_argument(
        "--by-scan",
        action="store_true",
        help="instead of by age, delete the oldest share: days since the last prune / 365",
    )


def _ask(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.pipeline import Answers
    from rubato_desktop.services.knowledge.client import RemoteRetrieval
    from rubato_desktop.services.model.models import Models

    data, settings = data_of(args), settings_of(args)
    check_topic_count(args.topic, settings)
    inquiries = _inquiries(data)
    models = Models(lambda: settings.ollama_host, on_fallback=warn)
    with open_knowledge(data, settings) as call, contextlib.closing(models):
        answer = Answers(models, RemoteRetrieval(call), find_corrections=inquiries.find_corrections).ask(
            args.question,
            topics=args.topic,
            tags=args.tag,
            prompt=Path(args.prompt).read_text(encoding="utf-8") if args.prompt else "",
            model=args.model or settings.model,
            temperature=settings.temperature if args.temperature is None else args.temperature,
            length=args.length or settings.answer_length,
            on_text=lambda text: None if args.json else print(text, end="", flush=True),
        )
    inquiry = inquiries.add(answer, user_of(settings))
    lines = [f"\n{citation.n}. {citation.source}" for citation in answer.citations]
    emit(args, {**answer.as_json(), "id": inquiry.id}, "".join(lines))
    if not args.json and not answer.citations:
        print()
    if answer.problem is not None:
        warn(str(answer.problem))
    return DONE if answer.answered else NO


def _correct(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.history.store import learn_text_arguments

    data, settings = data_of(args), settings_of(args)
    text = sys.stdin.read() if args.text == "-" else args.text
    inquiry = _inquiries(data).correct(args.id, text, user_of(settings))
    with open_knowledge(data, settings) as call:
        call("learn_text", **learn_text_arguments(inquiry))
    emit(args, inquiry.model_dump(mode="json"), f"Corrected: {inquiry.question}")
    return DONE


def _list(args: argparse.Namespace) -> int:
    inquiries = _inquiries(data_of(args))
    latest = inquiries.latest(max(0, args.most))
    for problem in inquiries.problems:
        warn(str(problem))
    lines = [
        f"{inquiry.id}  {' '.join(inquiry.question.split())}\n    {' '.join(inquiry.current_answer.split())}"
        f"{' (corrected)' if inquiry.corrections else ''}"
        for inquiry in latest
    ]
    value = {"inquiries": [inquiry.model_dump(mode="json") for inquiry in latest]}
    emit(args, value, "\n".join(lines) or "You have not asked a question yet")
    return DONE


def _export(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.history.export import export

    inquiries = _inquiries(data_of(args))
    exported = [
        inquiry for inquiry in inquiries.each() if inquiry.good or (inquiry.answered and not args.good)
    ][::-1]
    export(exported, Path(args.file))
    for problem in inquiries.problems:
        warn(str(problem))
    count = counted(len(exported), "question with its answer", "questions with their answers")
    emit(args, {"file": args.file, "inquiries": len(exported)}, f"{args.file}: {count}")
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
        raise RubatoError(
            "--days and --max-mb cannot be negative; --sample must be between 0 and 1", code="bad_arguments"
        )
    done = prune(_inquiries(data_of(args)), policy, local_now(), dry_run=args.dry_run)
    value = {
        "dry_run": args.dry_run,
        "deleted": [removal.as_json() for removal in done.removals],
        "kept": done.kept,
        "exported": [str(path) for path in done.exported],
    }
    lines = [f"{removal.id}  {removal.why}" for removal in done.removals]
    summary = f"{'Would delete' if args.dry_run else 'Deleted'} {len(done.removals)}, kept {done.kept}"
    lines.append(f"{summary}{''.join(f'; exported to {path}' for path in done.exported)}")
    emit(args, value, "\n".join(lines))
    return DONE


def _inquiries(data: Path) -> InquiryStore:
    from rubato_desktop.services.answers.history.store import InquiryStore

    return InquiryStore(data)
