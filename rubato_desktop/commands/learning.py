"""Learning: files, folders, the page, and the tags of what was learnt."""

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

if TYPE_CHECKING:
    from rubato_desktop.services.knowledge.client import KnowledgeClient


@command(needs="knowledge")
async def learn(ctx: Context, path: Text, topic: str = "", tag: str = "", watch: bool = False) -> Answer:
    """Learn a file, or a folder with all in it; it goes on behind everything else.

    Args:
        path: The file or folder.
        topic: A topic it belongs to.
        tag: A tag for it.
        watch: Also learn what changes in the folder later on.
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
    waiting = state["said"]["waiting"]
    return Answer(f"Learning {waiting} texts" if waiting != 1 else "Learning 1 text", state)


@command(needs="knowledge")
async def stop_learning(ctx: Context) -> Answer:
    """Learn no more of what waits; what was learnt stays."""
    left = await Pending(_knowledge(ctx).ask("stop_learning"))
    return Answer(f"Stopped; {left} not learnt", {"left": left})


@command(needs="browser")
async def learn_page(ctx: Context, topic: str = "") -> Answer:
    """Learn the text of this page, under the topics that are asked just now, and say which tags would fit.

    Args:
        topic: The one topic it belongs to, in place of those.
    """
    knowledge, asking = _knowledge(ctx), ctx.services.answers
    reply = await ctx.ask("document", deadline=15.0)
    page: Mapping[str, Any] = reply.value
    topics = [topic] if topic else [*asking.topics] if asking is not None else []
    pieces = [{"text": item["text"], "heading": item["kind"] == "heading"} for item in page["items"]]
    said = await Pending(
        knowledge.ask("learn_text", source=page["url"], title=page["title"], pieces=pieces, topics=topics)
    )
    ctx.services.state.learnt = page["url"]
    name = page["title"] or page["url"]
    told = f"Learnt {name}" if said["learnt"] else f"{name} was learnt before, and says the same"
    fitting = await Pending(knowledge.ask("suggest", source=page["url"]))
    if fitting:
        shown = [(tag, tag) for tag in fitting]
        told += f". {ctx.services.numbered_lists.show(ctx.t, 'tag', 'Tags that would fit', shown)}"
    return Answer(told, {**said, "tags": fitting}, reply.state)


@command(needs="knowledge")
async def tags(ctx: Context) -> Answer:
    """List the tags of what was learnt last, then those that would fit it; add tag and a number gives it one."""
    knowledge, source = _knowledge(ctx), _learnt(ctx)
    known = await Pending(knowledge.ask("document", source=source))
    if known is None:
        raise RubatoError(f"{source} has not been learnt", code="not_learnt")
    fitting = await Pending(knowledge.ask("suggest", source=source))
    items = [*((f"{tag}, has it", tag) for tag in known["tags"]), *((tag, tag) for tag in fitting)]
    told = ctx.services.numbered_lists.show(ctx.t, "tag", f"Tags of {known['title'] or source}", items)
    return Answer(told, {"tags": known["tags"], "fitting": fitting})


@opens("tag")
@command(needs="knowledge")
async def add_tag(ctx: Context, tag: ChoiceOrText) -> Answer:
    """Give what was learnt last a tag.

    Args:
        tag: Its number in the list, or its text.
    """
    return await _tag(ctx, tag, "add_tags")


@command(needs="knowledge")
async def remove_tag(ctx: Context, tag: ChoiceOrText) -> Answer:
    """Take a tag from what was learnt last.

    Args:
        tag: Its number in the list, or its text.
    """
    return await _tag(ctx, tag, "remove_tags")


@command(needs="knowledge")
async def forget(ctx: Context, source: str = "") -> Answer:
    """Forget what was learnt last, or from a file, folder or address.

    Args:
        source: The file, folder or address; what was learnt last when left out.
    """
    gone = await Pending(_knowledge(ctx).ask("forget", source=source or _learnt(ctx)))
    if not gone:
        raise RubatoError("Nothing was learnt from it", code="not_learnt")
    return Answer(f"Forgot {len(gone)}" if len(gone) > 1 else f"Forgot {gone[0]}", {"forgotten": gone})


async def _tag(ctx: Context, tag: int | str, how: str) -> Answer:
    if isinstance(tag, int):
        known = await Pending(_knowledge(ctx).ask("tags"))
        tag = str(ctx.services.numbered_lists.pick("tag", tag, lambda: [(name, name) for name in known]))
    told = await Pending(_knowledge(ctx).ask("classify", source=_learnt(ctx), **{how: [tag]}))
    has = ", ".join(told["tags"]) or "none"
    return Answer(f"Tags of {told['title'] or told['source']}: {has}", told)


def _knowledge(ctx: Context) -> KnowledgeClient:
    knowledge = ctx.services.knowledge
    if knowledge is None:
        raise RubatoError("Nothing can be learnt here", code="needs_knowledge")
    return knowledge


def _learnt(ctx: Context) -> str:
    if not ctx.services.state.learnt:
        raise RubatoError(
            "Nothing has been learnt since the start",
            todo="Learn a page or a file first",
            code="nothing_learnt",
        )
    return ctx.services.state.learnt
