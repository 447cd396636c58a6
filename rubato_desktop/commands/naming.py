"""Names: a few keys that call up a tab, a bookmark or a command. Conflicts are told before anything is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.background import settled
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Name
from rubato_desktop.commands.registry import REGISTRY, Answer, command
from rubato_desktop.commands.windows import place
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import EntryRead
from rubato_desktop.language.dictionary import NAMES, Word
from rubato_desktop.language.keys import format_keys


@command(needs="browser")
async def name(ctx: Context, name: Name) -> Answer:
    """Give the tab in front a name, or call up what has this name.

    Args:
        name: The keys of the name.
    """
    known = _known(ctx, name)
    if known is not None:
        return await call_up(ctx, known)
    _check(ctx, name, "go")
    tab = (await ctx.ask("tabs")).value
    front = next((found for found in tab if found["active"]), None)
    if front is None:
        raise RubatoError("No tab is in front", code="no_tab")
    return _give(ctx, name, front.get("title") or front["url"], "go", place(front))


@command(needs="browser")
async def bookmark(ctx: Context, name: Name) -> Answer:
    """Bookmark the page under a name, or go to the bookmark that has it.

    Args:
        name: The keys of the name.
    """
    known = _known(ctx, name)
    if known is not None:
        return await call_up(ctx, known)
    _check(ctx, name, "go")
    made = (await ctx.ask("bookmark")).value
    answer = _give(
        ctx, name, made["title"] or made["url"], "go", {"url": made["url"], "title": made["title"]}
    )
    ctx.services.undo.did(f"bookmark {format_keys(name)}", lambda: _unmake(ctx, tuple(name), made["id"]))
    return answer


@command()
def name_command(ctx: Context, name: Name) -> Answer:
    """Give the word before this one a name: it does the same again, with the same parameters.

    Args:
        name: The keys of the name.
    """
    last = ctx.control.again()
    if last is None or not last.command:
        raise RubatoError(
            "There is no word to name yet", todo="Play it first, then name it", code="no_such_word"
        )
    _check(ctx, name, last.command)
    said = " ".join(
        [last.word, *(str(value) for value in last.args.values() if isinstance(value, (str, int)))]
    )
    return _give(ctx, name, said, last.command, last.args)


def _known(ctx: Context, keys: list[int]) -> Word | None:
    word = ctx.services.languages.stack.at(keys)
    return word if word is not None and word.language == NAMES else None


async def call_up(ctx: Context, word: Word) -> Answer:
    """Do what a name stands for."""
    found = REGISTRY[word.command]
    answer: Answer = await settled(found.function(ctx, **found.bind(word.args)))
    return answer


def _check(ctx: Context, keys: list[int], command: str) -> None:
    ctx.services.languages.check(Word(tuple(keys), "name", NAMES, command))


def _give(ctx: Context, keys: list[int], title: str, command: str, args: Mapping[str, Any]) -> Answer:
    """Save a name, play it back, and say what it calls up."""
    library = ctx.services.languages
    word = library.add(Word(tuple(keys), title, NAMES, command, args, help=f"Calls up {title}."))
    ctx.control.use_languages(library.active)
    ctx.services.sound.play_keys(word.keys)
    ctx.services.bus.publish(EntryRead(ctx.t, "name", keys=word.keys))
    ctx.services.undo.did(f"the name {format_keys(keys)}", lambda: _take_away(ctx, word.keys))
    return Answer(
        f"{format_keys(keys)} calls up {title}", {"name": list(keys), "command": command, "args": dict(args)}
    )


def _take_away(ctx: Context, keys: tuple[int, ...]) -> None:
    word = ctx.services.languages.stack.at(keys)
    if word is not None and word.language == NAMES:
        ctx.services.languages.remove(word)
        ctx.control.use_languages(ctx.services.languages.active)


def _unmake(ctx: Context, keys: tuple[int, ...], bookmark: str) -> Any:
    _take_away(ctx, keys)
    return ctx.ask("unbookmark", id=bookmark)
