"""Ask your library: questions, sources, corrections, and the topics and tags that questions search."""

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
from rubato_desktop.plurals import counted
from rubato_desktop.services.sessions.session import JOURNAL

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.model import Inquiry, Source
    from rubato_desktop.services.answers.service import AnswerService

FRAGMENT_WORDS = 8  # enough words of a passage to find it in its page


@command(needs="model")
async def ask(ctx: Context, question: Text) -> Answer:
    """Ask a question about what you have read and recorded.

    Args:
        question: The question.
    """
    answer, inquiry = await Pending(_answers(ctx).ask(question))
    if inquiry.sources:
        ctx.services.numbered_lists.show(ctx.t, "source", "Sources", _source_items(inquiry))
    text = answer.answer
    if answer.stopped:
        text = f"{text.rstrip()} … stopped".lstrip()
    if answer.problem is not None:
        text = f"{text.rstrip()} {answer.problem}".lstrip()
    return Answer(text, {**answer.as_json(), "id": inquiry.id})


@command(needs="model")
def sources(ctx: Context) -> Answer:
    """List the sources of the last answer; `open` and a number opens one at the passage."""
    inquiry = _last_inquiry(ctx)
    value = [source.model_dump() for source in inquiry.sources]
    return show(ctx, "source", "Sources", _source_items(inquiry), value)


@command(needs="model")
async def source(ctx: Context, number: int, id: str = "last") -> Answer:
    """Open a source of an answer at the passage.

    Args:
        number: Its number in the answer.
        id: The question's id, as `rubato inquiries list` shows it; `last` is the latest.
    """
    inquiry = await Pending(_answers(ctx).with_inquiries(lambda store: store.get(id)))
    found = next((source for source in inquiry.sources if source.n == number), None)
    if found is None:
        raise RubatoError(
            f"There is no source {number}; this answer has {counted(len(inquiry.sources), 'source')}",
            code="no_such_choice",
        )
    return await open_source(ctx, found)


@command(needs="model")
async def correct(ctx: Context, text: Text, id: str = "last") -> Answer:
    """Correct the last answer in your own words; similar questions get your correction from then on.

    Args:
        text: The right answer.
        id: The question's id, as `rubato inquiries list` shows it; `last` is the latest.
    """
    from rubato_desktop.services.answers.history.store import learn_text_arguments

    answers, knowledge = _answers(ctx), ctx.services.knowledge
    inquiry = await Pending(answers.with_inquiries(lambda store: store.correct(id, text, answers.user)))
    if knowledge is not None:
        await Pending(knowledge.ask("learn_text", **learn_text_arguments(inquiry)))
    return Answer(f"Corrected: {inquiry.question}", inquiry.model_dump(mode="json"))


@command(needs="model")
async def accept(ctx: Context, id: str = "last", yes: bool = True) -> Answer:
    """Mark the last answer as good; good answers can be exported to train a model.

    Args:
        id: The question's id, as `rubato inquiries list` shows it; `last` is the latest.
        yes: Whether the answer is good.
    """
    inquiry = await Pending(_answers(ctx).with_inquiries(lambda store: store.accept(id, yes)))
    text = f"Marked as {'good' if yes else 'not good'}: {inquiry.question}"
    return Answer(text, {"id": inquiry.id, "accepted": yes})


@command(needs="model")
def new_conversation(ctx: Context) -> Answer:
    """Start a new conversation: the next question does not refer to earlier ones."""
    _answers(ctx).forget_conversation()
    return Answer("New conversation")


@command(needs="model")
async def inquiries(ctx: Context, most: int = 9) -> Answer:
    """List your latest questions; `open` and a number reads the answer.

    Args:
        most: How many to list.
    """
    found = await Pending(_answers(ctx).with_inquiries(lambda store: store.latest(max(1, most))))
    items = [(" ".join(inquiry.question.split()), inquiry) for inquiry in found]
    return show(ctx, "inquiry", "Questions", items, [inquiry.model_dump(mode="json") for inquiry in found])


@opens("inquiry")
def _open_inquiry(ctx: Context, inquiry: Inquiry) -> Answer:
    _answers(ctx).last = inquiry
    if inquiry.sources:
        ctx.services.numbered_lists.show(ctx.t, "source", "Sources", _source_items(inquiry))
    return Answer(inquiry.current_answer, inquiry.model_dump(mode="json"))


@opens("source")
async def open_source(ctx: Context, source: Source) -> Answer:
    """Open a source at its passage: a recording in the pianoroll, anything else in the browser."""
    from rubato_desktop.commands.open import open_file

    value = source.model_dump()
    if source.source.startswith("inquiry:"):
        id = source.source.removeprefix("inquiry:")
        inquiry = await Pending(_answers(ctx).with_inquiries(lambda store: store.get(id)))
        return Answer(inquiry.current_answer, value)
    path = Path(source.source)
    if path.name == JOURNAL and path.is_file():
        opened = open_file(ctx, str(path.parent))
        if source.start_ms is not None:
            ctx.services.roll.seek(source.start_ms * 1000)
        return opened
    if "://" not in source.source and not path.exists():
        raise RubatoError(
            f"{path} no longer exists", kept=f"The passage was: {source.text}", code="source_gone"
        )
    url = address_of(source)
    browser = ctx.services.browser
    if browser is not None and browser.connected:
        reply = await ctx.ask("open", url=url, new=True)
        return Answer(name_of(source), value, reply.state)
    # Opening may block until the browser has started, so it runs on the answers' thread.
    if not await Pending(_answers(ctx).with_inquiries(lambda _: webbrowser.open(url))):
        raise RubatoError(
            f"Cannot open {url}",
            kept=f"The passage is: {source.text}",
            todo="Connect a browser",
            code="not_opened",
        )
    return Answer(name_of(source), value)


def address_of(source: Source) -> str:
    """Return the URL of a source, with a fragment that points to the passage.

    The fragment is ``#page=`` for a page (https://www.rfc-editor.org/rfc/rfc8118), ``#t=`` for a time in seconds
    (https://www.w3.org/TR/media-frags/), else ``#:~:text=`` (https://wicg.github.io/scroll-to-text-fragment/).
    """
    url = source.source if "://" in source.source else Path(source.source).as_uri()
    if "#" in url:
        return url
    if source.page is not None:
        return f"{url}#page={source.page}"
    if source.start_ms is not None:
        return f"{url}#t={source.start_ms // 1000}"
    words = source.text.split("\n")[-1].split()[:FRAGMENT_WORDS]
    # A dash separates the parts of a text fragment, so it must be escaped.
    return f"{url}#:~:text={quote(' '.join(words), safe='').replace('-', '%2D')}"


async def search_library(ctx: Context, text: str, most: int = 5) -> list[Source]:
    """Return the passages of the library that contain the words of `text`, best first."""
    from rubato_desktop.services.answers.history.model import Source

    knowledge = ctx.services.knowledge
    if knowledge is None or not knowledge.anything_learnt:
        return []
    found = await Pending(knowledge.ask("search", query=text, mode="bm25", k=most))
    fields = ("document", "source", "text", "start_ms", "page")
    return [Source(n=passage["rank"], **{name: passage[name] for name in fields}) for passage in found]


# Topics and tags that questions search ------------------------------------------------------------------


@command(needs="knowledge")
async def topics(ctx: Context) -> Answer:
    """List topics and tags; `open` and a number adds one to your questions, or takes it out again."""
    items = await _filters(ctx)
    return show(
        ctx, "filter", "Topics and tags", items, [{"kind": kind, "name": name} for _, (kind, name) in items]
    )


@command(needs="knowledge")
async def filter_add(ctx: Context, number: Choice) -> Answer:
    """Add a topic or tag that your questions also search, besides the whole library.

    Args:
        number: Its number in the list of topics and tags.
    """
    items = await _filters(ctx)
    return _set_filter(ctx, ctx.services.numbered_lists.pick("filter", number, lambda: items), True)


@command(needs="knowledge")
async def filter_remove(ctx: Context, number: Choice) -> Answer:
    """Remove a topic or tag from those that your questions also search.

    Args:
        number: Its number in the list of topics and tags.
    """
    items = await _filters(ctx)
    return _set_filter(ctx, ctx.services.numbered_lists.pick("filter", number, lambda: items), False)


@command(needs="knowledge")
def filter_set(ctx: Context, kind: str, name: str, on: bool = True) -> Answer:
    """Add or remove, by its name, a topic or tag that your questions also search.

    Args:
        kind: topic or tag.
        name: Its name.
        on: Whether questions search it.
    """
    if kind not in ("topic", "tag"):
        raise RubatoError("A filter is a topic or a tag", code="bad_arguments")
    return _set_filter(ctx, (kind, name), on)


@opens("filter")
def _toggle_filter(ctx: Context, chosen: tuple[str, str]) -> Answer:
    answers = _answers(ctx)
    kind, name = chosen
    return _set_filter(ctx, chosen, name not in (answers.topics if kind == "topic" else answers.tags))


def _set_filter(ctx: Context, chosen: tuple[str, str], on: bool) -> Answer:
    answers = _answers(ctx)
    (answers.choose if on else answers.leave)(*chosen)
    names = [*answers.topics, *(f"tag {tag}" for tag in answers.tags)]
    text = f"Questions search everything{''.join(f', {name}' for name in names)}"
    return Answer(text, {"topics": [*answers.topics], "tags": [*answers.tags]})


async def _filters(ctx: Context) -> list[tuple[str, tuple[str, str]]]:
    knowledge, answers = ctx.services.knowledge, _answers(ctx)
    assert knowledge is not None
    counts = {"topic": knowledge.ask("topic_counts"), "tag": knowledge.ask("tags")}
    filters = [
        (kind, name, n) for kind, found in counts.items() for name, n in (await Pending(found)).items()
    ]
    chosen = {*(("topic", name) for name in answers.topics), *(("tag", name) for name in answers.tags)}
    return [
        (
            f"{kind} {name}, {counted(count, 'document')}{', searched' if (kind, name) in chosen else ''}",
            (kind, name),
        )
        for kind, name, count in filters
    ]


# Helpers ------------------------------------------------------------------------------------------------


def _answers(ctx: Context) -> AnswerService:
    answers = ctx.services.answers
    assert answers is not None, "only commands that need a model may use it"
    return answers


def _last_inquiry(ctx: Context) -> Inquiry:
    inquiry = _answers(ctx).last
    if inquiry is None:
        raise RubatoError(
            "You have not asked a question yet", todo="Play ask, then your question", code="nothing_asked"
        )
    return inquiry


def _source_items(inquiry: Inquiry) -> list[tuple[str, Any]]:
    return [(name_of(source), source) for source in inquiry.sources]


def name_of(source: Source) -> str:
    """Return how a source is read out: its file name or address, with the page or the time."""
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
