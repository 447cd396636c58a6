"""`rubato learn`, `forget`, `topics`, `tags` and `search`: manage and search your library."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit, settings_of, warn
from rubato_desktop.cli.knowing import Call, open_knowledge
from rubato_desktop.errors import RubatoError
from rubato_desktop.plurals import counted
from rubato_desktop.services.answers.service import check_topic_count

_POLL_S: Final = 0.1
_UNITS: Final = ("B", "kB", "MB", "GB")


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    learn = add(commands, common, "learn", _learn, "learn texts, so that you can search and ask them")
    learn.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="a file, or a folder with everything in it; without one, interrupted learning resumes",
    )
    learn.add_argument(
        "--topic", action="append", default=[], metavar="T", help="a topic for the texts; can be repeated"
    )
    learn.add_argument(
        "--tag", action="append", default=[], metavar="G", help="a tag for the texts; can be repeated"
    )
    learn.add_argument("--watch", action="store_true", help="also learn later changes in the folder")
    learn.add_argument(
        "--anew", action="store_true", help="embed the whole library again with the model of the settings"
    )
    forget = add(
        commands, common, "forget", _forget, "forget what was learnt from a file, a folder or an address"
    )
    forget.add_argument("source", metavar="PATH", help="the file, folder or address, or a document's id")
    topics = add(commands, common, "topics", _topics, "list topics, or the documents of one")
    topics.add_argument("topic", metavar="T", nargs="?", help="the topic whose documents to list")
    tags = add(commands, common, "tags", _tags, "list tags, or change those of a document")
    tags.add_argument("source", metavar="PATH", nargs="?", help="a document: its path, address or id")
    tags.add_argument(
        "--add", action="append", default=[], metavar="G", help="add a tag to it; can be repeated"
    )
    tags.add_argument(
        "--remove", action="append", default=[], metavar="G", help="remove a tag from it; can be repeated"
    )
    tags.add_argument("--suggest", action="store_true", help="suggest tags for it")
    search = add(commands, common, "search", _search, "find passages in your library")
    search.add_argument("query", metavar="QUERY", help="what to find")
    search.add_argument(
        "--topic",
        action="append",
        default=[],
        metavar="T",
        help="prefer passages of this topic; can be repeated",
    )
    search.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="G",
        help="only documents with this tag; can be repeated",
    )
    search.add_argument("-k", type=int, default=10, metavar="N", help="how many (default 10)")
    search.add_argument(
        "--mode",
        choices=["fused", "dense", "bm25"],
        default="fused",
        help="by meaning (dense), by words (bm25), or both (default)",
    )


def _learn(args: argparse.Namespace) -> int:
    data, settings = data_of(args), settings_of(args)
    paths = [str(Path(path).expanduser().absolute()) for path in args.paths]
    with open_knowledge(data, settings) as call:
        if args.anew:
            started = call("embed_anew", model=settings.embedding_model, host=settings.ollama_host)
        else:
            started = call("learn", paths=paths, topics=args.topic, tags=args.tag, watch=args.watch)
        try:
            state = _wait(call, started["lesson"], quiet=args.json or not sys.stderr.isatty())
        except KeyboardInterrupt:
            warn("Stopped. To resume, run: rubato learn")
            return NO
    if problem := state["problem"]:
        raise RubatoError(**problem)
    result = state["said"]
    for problem in result["problems"]:
        warn(problem)
    counts = [
        f"{len(result[name])} {name}"
        for name in ("learnt", "unchanged", "removed")
        if result[name] or name == "learnt"
    ]
    emit(args, result, ", ".join(counts))
    return NO if result["problems"] else DONE


def _wait(call: Call, lesson: int, *, quiet: bool) -> dict[str, Any]:
    """Show the progress of a lesson until it is done; return its final state."""
    shown = False
    while (state := call("progress_now", lesson=lesson))["busy"]:
        if state["at"] and not quiet:
            progress = state["at"]
            name = Path(progress["source"]).name[:40]
            done = f"{progress['done']} of {progress['of']}, {progress['waiting']} to go"
            print(f"\r\033[K{name}: {done}", end="", file=sys.stderr)
            shown = True
        time.sleep(_POLL_S)
    if shown:
        print("\r\033[K", end="", file=sys.stderr)
    final: dict[str, Any] = state
    return final


def _forget(args: argparse.Namespace) -> int:
    with open_knowledge(data_of(args), settings_of(args)) as call:
        forgotten = call("forget", source=_absolute(args.source))
    text = (
        f"Forgot {counted(len(forgotten), 'text')}" if forgotten else f"Nothing was learnt from {args.source}"
    )
    emit(args, {"forgotten": forgotten}, text)
    return DONE if forgotten else NO


def _topics(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.history.store import InquiryStore

    data = data_of(args)
    with open_knowledge(data, settings_of(args)) as call:
        if args.topic:
            documents = call("documents", topic=args.topic)
            lines = [_document_line(document) for document in documents]
            emit(args, documents, "\n".join(lines) or f"The topic {args.topic} has no documents")
            return DONE if documents else NO
        topics = call("topics")
    questions = InquiryStore(data).counts()
    for topic in topics:
        topic["questions"] = questions.get(topic["topic"], 0)
    emit(args, topics, "\n".join(map(_topic_line, topics)))
    return DONE


def _tags(args: argparse.Namespace) -> int:
    with open_knowledge(data_of(args), settings_of(args)) as call:
        if not args.source:
            tags = call("tags")
            emit(
                args,
                tags,
                "\n".join(f"{name}  {count}" for name, count in tags.items()) or "There are no tags",
            )
            return DONE
        source = _absolute(args.source)
        if args.suggest:
            suggestions = call("suggest", source=source)
            emit(args, suggestions, "\n".join(suggestions) or "There are no suggestions")
            return DONE
        document = call("classify", source=source, add_tags=args.add, remove_tags=args.remove)
    emit(args, document, _document_line(document))
    return DONE


def _search(args: argparse.Namespace) -> int:
    if args.k < 1:
        raise RubatoError("-k must be 1 or more", code="bad_arguments")
    settings = settings_of(args)
    check_topic_count(args.topic, settings)
    with open_knowledge(data_of(args), settings) as call:
        passages = call(
            "search", query=args.query, topics=args.topic, tags=args.tag, k=args.k, mode=args.mode
        )
        empty = not passages and not call("count")
    nothing = "Nothing has been learnt yet" if empty else "Nothing found"
    emit(args, passages, "\n\n".join(map(_passage_text, passages)) or nothing)
    return DONE if passages else NO


def _absolute(source: str) -> str:
    """Return a path as absolute, as paths are stored; leave addresses and ids as they are."""
    path = Path(source).expanduser().absolute()
    return str(path) if path.exists() or ("/" in source and "://" not in source) else source


def _document_line(document: dict[str, Any]) -> str:
    labels = [*document["topics"], *(f"#{tag}" for tag in document["tags"])]
    return f"{document['source']}{'  ' if labels else ''}{', '.join(labels)}"


def _topic_line(topic: dict[str, Any]) -> str:
    changed = f"{datetime.fromtimestamp(topic['changed']):%Y-%m-%d %H:%M}" if topic["changed"] else "never"
    counts = [counted(topic[f"{noun}s"], noun) for noun in ("document", "chunk")]
    return (
        f"{topic['topic']}: {', '.join(counts)}, {_size(topic['bytes'])}, "
        f"{counted(topic['questions'], 'question')}, changed {changed}"
    )


def _size(bytes: float) -> str:
    for unit in _UNITS:
        if bytes < 1000 or unit == _UNITS[-1]:
            break
        bytes /= 1000
    return f"{bytes:.0f} {unit}" if unit in ("B", "kB") else f"{bytes:.1f} {unit}"


def _passage_text(passage: dict[str, Any]) -> str:
    where = passage["source"]
    if passage["page"]:
        where += f", page {passage['page']}"
    if passage["start_ms"] is not None:
        seconds = passage["start_ms"] // 1000
        where += f", {seconds // 60}:{seconds % 60:02}"
    return f"{passage['rank']}. {where}  ({passage['score']:.2f})\n{passage['text']}"
