"""Asking what has been learnt: questions, their sources, corrections, and what is asked."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rubato_desktop.commands.background import Pending
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import Choice, Text
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.sessions.session import JOURNAL

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.model import Inquiry, Source
    from rubato_desktop.services.answers.service import AnswerService

FRAGMENT_WORDS = 8  # of a passage, that find it in its page


@command(needs="model")
async def ask(ctx: Context, question: Text) -> Answer:
    """Ask about what you have read and recorded.

    Args:
        question: The question.
    """
    asking = _asking(ctx)
    answer, kept = await Pending(asking.ask(question))
    if kept.sources:
        ctx.services.numbered_lists.show(ctx.t, "source", "Sources", _items(kept))
    text = answer.answer
    if answer.stopped:
        text = f"{text.rstrip()} … stopped".lstrip()
    if answer.problem is not None:
        text = f"{text.rstrip()} {answer.problem}".lstrip()
    return Answer(text, {**answer.as_json(), "id": kept.id})


@command(needs="model")
def sources(ctx: Context) -> Answer:
    """List the sources of the last answer; `open` and a number opens one at its place."""
    kept = _last(ctx)
    return show(ctx, "source", "Sources", _items(kept), [source.model_dump() for source in kept.sources])


@command(needs="model")
async def source(ctx: Context, number: int, id: str = "last") -> Answer:
    """Open a source of an answer at its place.

    Args:
        number: Its number in the answer.
        id: Another inquiry than the last, as `rubato inquiries list` has it.
    """
    kept = await Pending(_asking(ctx).with_inquiries(lambda all: all.get(id)))
    found = next((source for source in kept.sources if source.n == number), None)
    if found is None:
        raise RubatoError(f"That answer has no source {number}", code="no_such_choice")
    return await open_source(ctx, found)


@command(needs="model")
async def correct(ctx: Context, text: Text, id: str = "last") -> Answer:
    """Put your words in place of the last answer, or add to it; they are preferred from then on.

    Args:
        text: The right answer.
        id: Another inquiry, as `rubato inquiries list` has it.
    """
    from rubato_desktop.services.answers.history.store import learn_text_arguments

    asking, knowledge = _asking(ctx), ctx.services.knowledge
    kept = await Pending(asking.with_inquiries(lambda all: all.correct(id, text, asking.user)))
    if knowledge is not None:
        await Pending(knowledge.ask("learn_text", **learn_text_arguments(kept)))
    return Answer(f"Corrected: {kept.question}", kept.model_dump(mode="json"))


@command(needs="model")
async def accept(ctx: Context, id: str = "last", yes: bool = True) -> Answer:
    """Mark the last answer as good; good ones are exported to train a model.

    Args:
        id: Another inquiry, as `rubato inquiries list` has it.
        yes: Whether it is good.
    """
    kept = await Pending(_asking(ctx).with_inquiries(lambda all: all.accept(id, yes)))
    return Answer(f"{'Good' if yes else 'Not good'}: {kept.question}", {"id": kept.id, "accepted": yes})


@command(needs="model")
def new_conversation(ctx: Context) -> Answer:
    """Begin a new conversation: the next question has nothing to do with those before."""
    _asking(ctx).forget_conversation()
    return Answer("New conversation")


@command(needs="model")
async def inquiries(ctx: Context, most: int = 9) -> Answer:
    """List what was asked last; `open` and a number reads an answer.

    Args:
        most: How many.
    """
    found = await Pending(_asking(ctx).with_inquiries(lambda all: all.latest(max(1, most))))
    items = [(" ".join(one.question.split()), one) for one in found]
    return show(ctx, "inquiry", "Questions", items, [one.model_dump(mode="json") for one in found])


@opens("inquiry")
def _open_inquiry(ctx: Context, kept: Inquiry) -> Answer:
    _asking(ctx).last = kept
    if kept.sources:
        ctx.services.numbered_lists.show(ctx.t, "source", "Sources", _items(kept))
    return Answer(kept.current_answer, kept.model_dump(mode="json"))


@opens("source")
async def open_source(ctx: Context, source: Source) -> Answer:
    """At its place: a recording in the pianoroll, anything else where pages are read."""
    from rubato_desktop.commands.open import open_file

    value = source.model_dump()
    if source.source.startswith("inquiry:"):
        id = source.source.removeprefix("inquiry:")
        kept = await Pending(_asking(ctx).with_inquiries(lambda all: all.get(id)))
        return Answer(kept.current_answer, value)
    path = Path(source.source)
    if path.name == JOURNAL and path.is_file():
        opened = open_file(ctx, str(path.parent))
        if source.start_ms is not None:
            ctx.services.roll.seek(source.start_ms * 1000)
        return opened
    if "://" not in source.source and not path.exists():
        raise RubatoError(f"{path} is no longer there", kept=f"It said: {source.text}", code="source_gone")
    url = address_of(source)
    browser = ctx.services.browser
    if browser is not None and browser.connected:
        reply = await ctx.ask("open", url=url, new=True)
        return Answer(name_of(source), value, reply.state)
    # It may wait for the program that it starts.
    if not await Pending(_asking(ctx).with_inquiries(lambda _: webbrowser.open(url))):
        raise RubatoError(
            f"{url} cannot be opened",
            kept=f"It says: {source.text}",
            todo="Join a browser",
            code="not_opened",
        )
    return Answer(name_of(source), value)


def address_of(source: Source) -> str:
    """Return a source's address with its place.

    Pages by ``#page=`` (https://www.rfc-editor.org/rfc/rfc8118), times by ``#t=``
    (https://www.w3.org/TR/media-frags/), passages by ``#:~:text=`` (https://wicg.github.io/scroll-to-text-fragment/).
    """
    url = source.source if "://" in source.source else Path(source.source).as_uri()
    if "#" in url:
        return url
    if source.page is not None:
        return f"{url}#page={source.page}"
    if source.start_ms is not None:
        return f"{url}#t={source.start_ms // 1000}"
    words = source.text.split("\n")[-1].split()[:FRAGMENT_WORDS]
    # A dash in it has a meaning there.
    return f"{url}#:~:text={quote(' '.join(words), safe='').replace('-', '%2D')}"


async def known(ctx: Context, text: str, most: int = 5) -> list[Source]:
    """Return where a text stands in what has been learnt, by its words."""
    from rubato_desktop.services.answers.history.model import Source

    knowledge = ctx.services.knowledge
    if knowledge is None or not knowledge.anything_learnt:
        return []
    found = await Pending(knowledge.ask("search", query=text, mode="bm25", k=most))
    return [
        Source(
            n=one["rank"], **{name: one[name] for name in ("document", "source", "text", "start_ms", "page")}
        )
        for one in found
    ]


# What is asked ------------------------------------------------------------------------------------------


@command(needs="knowledge")
async def topics(ctx: Context) -> Answer:
    """List topics and tags; `open` and a number asks one as well, or no longer."""
    items = await _filters(ctx)
    return show(
        ctx, "filter", "Topics and tags", items, [{"kind": kind, "name": name} for _, (kind, name) in items]
    )


@command(needs="knowledge")
async def filter_add(ctx: Context, number: Choice) -> Answer:
    """Ask a topic or tag as well, beside everything that was learnt.

    Args:
        number: Its number in the list of topics and tags.
    """
    items = await _filters(ctx)
    return _choose(ctx, ctx.services.numbered_lists.pick("filter", number, lambda: items), True)


@command(needs="knowledge")
async def filter_remove(ctx: Context, number: Choice) -> Answer:
    """Ask a topic or tag no longer.

    Args:
        number: Its number in the list of topics and tags.
    """
    items = await _filters(ctx)
    return _choose(ctx, ctx.services.numbered_lists.pick("filter", number, lambda: items), False)


@command(needs="knowledge")
def filter_set(ctx: Context, kind: str, name: str, on: bool = True) -> Answer:
    """Ask a topic or tag by its name as well, or no longer.

    Args:
        kind: topic or tag.
        name: Its name.
        on: Whether it is asked.
    """
    if kind not in ("topic", "tag"):
        raise RubatoError("A filter is a topic or a tag", code="bad_arguments")
    return _choose(ctx, (kind, name), on)


@opens("filter")
def _toggle(ctx: Context, chosen: tuple[str, str]) -> Answer:
    asking = _asking(ctx)
    return _choose(ctx, chosen, chosen[1] not in (asking.topics if chosen[0] == "topic" else asking.tags))


def _choose(ctx: Context, chosen: tuple[str, str], on: bool) -> Answer:
    asking = _asking(ctx)
    (asking.choose if on else asking.leave)(*chosen)
    asked = [*asking.topics, *(f"tag {tag}" for tag in asking.tags)]
    told = f"Asked: everything{''.join(f', {name}' for name in asked)}"
    return Answer(told, {"topics": [*asking.topics], "tags": [*asking.tags]})


async def _filters(ctx: Context) -> list[tuple[str, tuple[str, str]]]:
    knowledge, asking = ctx.services.knowledge, _asking(ctx)
    assert knowledge is not None
    counts = {"topic": knowledge.ask("topic_counts"), "tag": knowledge.ask("tags")}
    every = [(kind, name, n) for kind, found in counts.items() for name, n in (await Pending(found)).items()]
    chosen = {*(("topic", name) for name in asking.topics), *(("tag", name) for name in asking.tags)}
    return [
        (f"{kind} {name}, {count} documents{', asked' if (kind, name) in chosen else ''}", (kind, name))
        for kind, name, count in every
    ]


# Within -------------------------------------------------------------------------------------------------


def _asking(ctx: Context) -> AnswerService:
    asking = ctx.services.answers
    assert asking is not None, "only commands that need it may ask"
    return asking


def _last(ctx: Context) -> Inquiry:
    kept = _asking(ctx).last
    if kept is None:
        raise RubatoError(
            "Nothing has been asked yet", todo="Play ask, and your question", code="nothing_asked"
        )
    return kept


def _items(kept: Inquiry) -> list[tuple[str, Any]]:
    return [(name_of(source), source) for source in kept.sources]


def name_of(source: Source) -> str:
    """A source as it is read out: its file's name or its address, and its place."""
    if source.source.startswith("inquiry:"):
        return "your own correction"
    path = Path(source.source)
    name = (
        source.source if "://" in source.source else path.parent.name if path.name == JOURNAL else path.name
    )
    if source.page is not None:
        name += f", page {source.page}"
    if source.start_ms is not None:
        seconds = source.start_ms // 1000
        name += f", at {seconds // 60}:{seconds % 60:02}"
    return name
