"""Names: a few keys that bring up a tab, a bookmark or a command. Conflicts are reported before anything is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.background import settled
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Name
from rubato_desktop.commands.registry import REGISTRY, Answer, command
from rubato_desktop.commands.windows import tab_address
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import EntryRead
from rubato_desktop.language.dictionary import NAMES, Word
from rubato_desktop.language.keys import format_keys


@command(needs="browser")
async def name(ctx: Context, name: Name) -> Answer:
    """Name the current tab, or open what already has this name.

    Args:
        name: The keys of the name.
    """
    named = _word_of_name(ctx, name)
    if named is not None:
        return await call_up(ctx, named)
    _check(ctx, name, "go")
    tabs = (await ctx.ask("tabs")).value
    current = next((tab for tab in tabs if tab["active"]), None)
    if current is None:
        raise RubatoError("There is no current tab", code="no_tab")
    return _save_name(ctx, name, current.get("title") or current["url"], "go", tab_address(current))


@command(needs="browser")
async def bookmark(ctx: Context, name: Name) -> Answer:
    """Bookmark the page under a name, or go to the bookmark with this name.

    Args:
        name: The keys of the name.
    """
    named = _word_of_name(ctx, name)
    if named is not None:
        return await call_up(ctx, named)
    _check(ctx, name, "go")
    made = (await ctx.ask("bookmark")).value
    answer = _save_name(
        ctx, name, made["title"] or made["url"], "go", {"url": made["url"], "title": made["title"]}
    )
    ctx.services.undo.did(
        f"the bookmark {format_keys(name)}", lambda: _remove_bookmark(ctx, tuple(name), made["id"])
    )
    return answer


@command()
def name_command(ctx: Context, name: Name) -> Answer:
    """Name the word you played before this one, with its parameters, so that the name repeats it.

    Args:
        name: The keys of the name.
    """
    last = ctx.control.again()
    if last is None or not last.command:
        raise RubatoError(
            "There is no word to name yet", todo="Play it first, then name it", code="no_such_word"
        )
    _check(ctx, name, last.command)
    title = " ".join(
        [last.word, *(str(value) for value in last.args.values() if isinstance(value, (str, int)))]
    )
    return _save_name(ctx, name, title, last.command, last.args)


def _word_of_name(ctx: Context, keys: list[int]) -> Word | None:
    word = ctx.services.languages.stack.at(keys)
    return word if word is not None and word.language == NAMES else None


async def call_up(ctx: Context, word: Word) -> Answer:
    """Run the command of a name."""
    command = REGISTRY[word.command]
    answer: Answer = await settled(command.function(ctx, **command.bind(word.args)))
    return answer


def _check(ctx: Context, keys: list[int], command: str) -> None:
    ctx.services.languages.check(Word(tuple(keys), "name", NAMES, command))


def _save_name(ctx: Context, keys: list[int], title: str, command: str, args: Mapping[str, Any]) -> Answer:
    """Save a name, play it back, and answer with what it opens."""
    library = ctx.services.languages
    word = library.add(Word(tuple(keys), title, NAMES, command, args, help=f"Calls up {title}."))
    ctx.control.use_languages(library.active)
    ctx.services.sound.play_keys(word.keys)
    ctx.services.bus.publish(EntryRead(ctx.t, "name", keys=word.keys))
    ctx.services.undo.did(f"the name {format_keys(keys)}", lambda: _remove_name(ctx, word.keys))
    return Answer(
        f"{format_keys(keys)} calls up {title}", {"name": list(keys), "command": command, "args": dict(args)}
    )


def _remove_name(ctx: Context, keys: tuple[int, ...]) -> None:
    word = ctx.services.languages.stack.at(keys)
    if word is not None and word.language == NAMES:
        ctx.services.languages.remove(word)
        ctx.control.use_languages(ctx.services.languages.active)


def _remove_bookmark(ctx: Context, keys: tuple[int, ...], bookmark: str) -> Any:
    _remove_name(ctx, keys)
    return ctx.ask("unbookmark", id=bookmark)
