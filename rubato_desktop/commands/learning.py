"""Learn files, folders and pages, and tag what you learnt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubato_desktop.commands.background import Pending
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens
from rubato_desktop.commands.parameter_types import ChoiceOrText, Text
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.plurals import counted

if TYPE_CHECKING:
    from rubato_desktop.services.knowledge.client import KnowledgeClient


@command(needs="knowledge")
async def learn(ctx: Context, path: Text, topic: str = "", tag: str = "", watch: bool = False) -> Answer:
    """Learn a file, or a folder with everything in it; learning runs in the background.

    Args:
        path: The file or folder.
        topic: The topic it belongs to.
        tag: A tag for it.
        watch: Whether to also learn later changes in the folder.
    """
    state = await Pending(
        _knowledge(ctx).ask(
            "learn", paths=[path], topics=[topic] if topic else [], tags=[tag] if tag else [], watch=watch
        )
    )
    if problems := state["said"]["problems"]:
        raise RubatoError(problems[0], code="not_learnt")
    if Path(path).expanduser().is_file():
        ctx.services.state.learnt = path
    return Answer(f"Learning {counted(state['said']['waiting'], 'text')}", state)


@command(needs="knowledge")
async def stop_learning(ctx: Context) -> Answer:
    """Stop learning what is still waiting; what was learnt stays."""
    left = await Pending(_knowledge(ctx).ask("stop_learning"))
    return Answer(f"Stopped; not learnt: {counted(left, 'text')}", {"left": left})


@command(needs="browser")
async def learn_page(ctx: Context, topic: str = "") -> Answer:
    """Learn the text of this page under the topics that your questions search, and suggest tags for it.

    Args:
        topic: A single topic to use instead of those.
    """
    knowledge, answers = _knowledge(ctx), ctx.services.answers
    reply = await ctx.ask("document", deadline=15.0)
    page: Mapping[str, Any] = reply.value
    topics = [topic] if topic else [*answers.topics] if answers is not None else []
    pieces = [{"text": item["text"], "heading": item["kind"] == "heading"} for item in page["items"]]
    learnt = await Pending(
        knowledge.ask("learn_text", source=page["url"], title=page["title"], pieces=pieces, topics=topics)
    )
    ctx.services.state.learnt = page["url"]
    name = page["title"] or page["url"]
    text = f"Learnt {name}" if learnt["learnt"] else f"{name} has not changed since it was learnt"
    suggestions = await Pending(knowledge.ask("suggest", source=page["url"]))
    if suggestions:
        items = [(tag, tag) for tag in suggestions]
        text += f". {ctx.services.numbered_lists.show(ctx.t, 'tag', 'Suggested tags', items)}"
    return Answer(text, {**learnt, "tags": suggestions}, reply.state)


@command(needs="knowledge")
async def tags(ctx: Context) -> Answer:
    """List the tags of what you learnt last, then suggestions; `add tag` and a number adds one."""
    knowledge, source = _knowledge(ctx), _last_learnt(ctx)
    document = await Pending(knowledge.ask("document", source=source))
    if document is None:
        raise RubatoError(f"{source} has not been learnt", code="not_learnt")
    suggestions = await Pending(knowledge.ask("suggest", source=source))
    items = [*((f"{tag}, added", tag) for tag in document["tags"]), *((tag, tag) for tag in suggestions)]
    text = ctx.services.numbered_lists.show(ctx.t, "tag", f"Tags of {document['title'] or source}", items)
    return Answer(text, {"tags": document["tags"], "fitting": suggestions})


@opens("tag")
@command(needs="knowledge")
async def add_tag(ctx: Context, tag: ChoiceOrText) -> Answer:
    """Add a tag to what you learnt last.

    Args:
        tag: Its number in the list of tags, or its text.
    """
    return await _change_tags(ctx, tag, "add_tags")


@command(needs="knowledge")
async def remove_tag(ctx: Context, tag: ChoiceOrText) -> Answer:
    """Remove a tag from what you learnt last.

    Args:
        tag: Its number in the list of tags, or its text.
    """
    return await _change_tags(ctx, tag, "remove_tags")


@command(needs="knowledge")
async def forget(ctx: Context, source: str = "") -> Answer:
    """Forget what you learnt last, or what you learnt from a file, folder or address.

    Args:
        source: The file, folder or address; what you learnt last by default.
    """
    source = source or _last_learnt(ctx)
    forgotten = await Pending(_knowledge(ctx).ask("forget", source=source))
    if not forgotten:
        raise RubatoError(f"Nothing was learnt from {source}", code="not_learnt")
    what = counted(len(forgotten), "text") if len(forgotten) > 1 else forgotten[0]
    return Answer(f"Forgot {what}", {"forgotten": forgotten})


async def _change_tags(ctx: Context, tag: int | str, change: str) -> Answer:
    if isinstance(tag, int):
        known = await Pending(_knowledge(ctx).ask("tags"))
        tag = str(ctx.services.numbered_lists.pick("tag", tag, lambda: [(name, name) for name in known]))
    document = await Pending(_knowledge(ctx).ask("classify", source=_last_learnt(ctx), **{change: [tag]}))
    names = ", ".join(document["tags"]) or "none"
    return Answer(f"Tags of {document['title'] or document['source']}: {names}", document)


def _knowledge(ctx: Context) -> KnowledgeClient:
    knowledge = ctx.services.knowledge
    if knowledge is None:
        raise RubatoError("Learning is off in this run", code="needs_knowledge")
    return knowledge


def _last_learnt(ctx: Context) -> str:
    if not ctx.services.state.learnt:
        raise RubatoError(
            "You have not learnt anything since the program started",
            todo="Learn a page or a file first",
            code="nothing_learnt",
        )
    return ctx.services.state.learnt
