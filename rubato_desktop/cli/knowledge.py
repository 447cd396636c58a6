"""`rubato learn`, `forget`, `topics`, `tags`, `search`: what has been learnt."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit, say, settings_of
from rubato_desktop.cli.knowing import Calls, knowing
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.service import check_topic_count

_LOOK_S: Final = 0.1
_UNITS: Final = ("B", "kB", "MB", "GB")


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    learn = add(commands, common, "learn", _learn, "learn texts, so that they can be asked")
    learn.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="a file, or a folder with all in it; none goes on where it stopped",
    )
    learn.add_argument(
        "--topic", action="append", default=[], metavar="T", help="a topic; as often as wished"
    )
    learn.add_argument("--tag", action="append", default=[], metavar="G", help="a tag; as often as wished")
    learn.add_argument("--watch", action="store_true", help="also learn what changes in the folder later on")
    learn.add_argument(
        "--anew", action="store_true", help="embed all that was learnt anew, by the model of the settings"
    )
    forget = add(
        commands, common, "forget", _forget, "forget what was learnt from a file, a folder or an address"
    )
    forget.add_argument("source", metavar="PATH", help="the file, folder, address, or a document's id")
    topics = add(commands, common, "topics", _topics, "list topics, or the documents of one")
    topics.add_argument("topic", metavar="T", nargs="?", help="the topic whose documents are listed")
    tags = add(commands, common, "tags", _tags, "list tags, or give and take them")
    tags.add_argument(
        "source", metavar="PATH", nargs="?", help="a document that was learnt: its path, address or id"
    )
    tags.add_argument("--add", action="append", default=[], metavar="G", help="give it a tag")
    tags.add_argument("--remove", action="append", default=[], metavar="G", help="take a tag from it")
    tags.add_argument("--suggest", action="store_true", help="tags that would fit it")
    search = add(commands, common, "search", _search, "find passages in what was learnt")
    search.add_argument("query", metavar="QUERY", help="what to find")
    search.add_argument(
        "--topic",
        action="append",
        default=[],
        metavar="T",
        help="a topic that counts more than everything else",
    )
    search.add_argument(
        "--tag", action="append", default=[], metavar="G", help="only documents with this tag"
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
    with knowing(data, settings) as ask:
        if args.anew:
            begun = ask("embed_anew", model=settings.embedding_model, host=settings.ollama_host)
        else:
            begun = ask("learn", paths=paths, topics=args.topic, tags=args.tag, watch=args.watch)
        try:
            state = _wait(ask, begun["lesson"], quiet=args.json or not sys.stderr.isatty())
        except KeyboardInterrupt:
            say("Stopped; what waits is learnt next time: rubato learn")
            return NO
    if problem := state["problem"]:
        raise RubatoError(**problem)
    said = state["said"]
    for problem in said["problems"]:
        say(problem)
    counts = [
        f"{len(said[name])} {name}"
        for name in ("learnt", "unchanged", "removed")
        if said[name] or name == "learnt"
    ]
    emit(args, said, ", ".join(counts))
    return NO if said["problems"] else DONE


def _wait(ask: Calls, lesson: int, *, quiet: bool) -> dict[str, Any]:
    shown = False
    while (state := ask("progress_now", lesson=lesson))["busy"]:
        if state["at"] and not quiet:
            at = state["at"]
            name = Path(at["source"]).name[:40]
            print(
                f"\r\033[K{name}: {at['done']} of {at['of']}, {at['waiting']} to go", end="", file=sys.stderr
            )
            shown = True
        time.sleep(_LOOK_S)
    if shown:
        print("\r\033[K", end="", file=sys.stderr)
    found: dict[str, Any] = state
    return found


def _forget(args: argparse.Namespace) -> int:
    with knowing(data_of(args), settings_of(args)) as ask:
        gone = ask("forget", source=_absolute(args.source))
    emit(args, {"forgotten": gone}, f"{len(gone)} forgotten" if gone else "Nothing was learnt from it")
    return DONE if gone else NO


def _topics(args: argparse.Namespace) -> int:
    from rubato_desktop.services.answers.history.store import InquiryStore

    data = data_of(args)
    with knowing(data, settings_of(args)) as ask:
        if args.topic:
            found = ask("documents", topic=args.topic)
            emit(args, found, "\n".join(_document(one) for one in found) or f"Nothing is in {args.topic}")
            return DONE if found else NO
        topics = ask("topics")
    asked = InquiryStore(data).counts()
    for one in topics:
        one["questions"] = asked.get(one["topic"], 0)
    emit(args, topics, "\n".join(map(_line, topics)))
    return DONE


def _tags(args: argparse.Namespace) -> int:
    with knowing(data_of(args), settings_of(args)) as ask:
        if not args.source:
            tags = ask("tags")
            emit(
                args,
                tags,
                "\n".join(f"{name}  {count}" for name, count in tags.items()) or "There are no tags",
            )
            return DONE
        source = _absolute(args.source)
        if args.suggest:
            found = ask("suggest", source=source)
            emit(args, found, "\n".join(found) or "Nothing suggests itself")
            return DONE
        told = ask("classify", source=source, add_tags=args.add, remove_tags=args.remove)
    emit(args, told, _document(told))
    return DONE


def _search(args: argparse.Namespace) -> int:
    if args.k < 1:
        raise RubatoError("At least one passage is to be found: -k is 1 or more", code="bad_arguments")
    settings = settings_of(args)
    check_topic_count(args.topic, settings)
    with knowing(data_of(args), settings) as ask:
        found = ask("search", query=args.query, topics=args.topic, tags=args.tag, k=args.k, mode=args.mode)
        empty = not found and not ask("count")
    told = "Nothing has been learnt yet" if empty else "Nothing fits"
    emit(args, found, "\n\n".join(map(_passage, found)) or told)
    return DONE if found else NO


def _absolute(source: str) -> str:
    """A path as it was learnt, wherever the program was started; addresses and ids as they are."""
    path = Path(source).expanduser().absolute()
    return str(path) if path.exists() or ("/" in source and "://" not in source) else source


def _document(one: dict[str, Any]) -> str:
    marks = [*one["topics"], *(f"#{tag}" for tag in one["tags"])]
    return f"{one['source']}{'  ' if marks else ''}{', '.join(marks)}"


def _line(one: dict[str, Any]) -> str:
    changed = f"{datetime.fromtimestamp(one['changed']):%Y-%m-%d %H:%M}" if one["changed"] else "never"
    return (
        f"{one['topic']}: {one['documents']} documents, {one['chunks']} chunks, {_size(one['bytes'])}, "
        f"{one['questions']} questions, changed {changed}"
    )


def _size(bytes: float) -> str:
    for unit in _UNITS:
        if bytes < 1000 or unit == _UNITS[-1]:
            break
        bytes /= 1000
    return f"{bytes:.0f} {unit}" if unit in ("B", "kB") else f"{bytes:.1f} {unit}"


def _passage(one: dict[str, Any]) -> str:
    where = one["source"]
    if one["page"]:
        where += f", page {one['page']}"
    if one["start_ms"] is not None:
        seconds = one["start_ms"] // 1000
        where += f", {seconds // 60}:{seconds % 60:02}"
    return f"{one['rank']}. {where}  ({one['score']:.2f})\n{one['text']}"
