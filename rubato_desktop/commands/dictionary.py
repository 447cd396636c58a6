"""Your words and languages: list, add, remove and change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Choice, NewKeys, Text
from rubato_desktop.commands.registry import REGISTRY, Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import Stack, Word
from rubato_desktop.language.keys import format_keys


@command()
def add_word(ctx: Context, keys: NewKeys, meaning: str = "") -> Answer:
    """Add a word by playing its keys; conflicts are reported before anything is saved.

    Args:
        keys: The keys of the new word.
        meaning: What it means; you can also spell, type or say it afterwards with `meaning`.
    """
    spoken = ctx.services.state.spoken_meaning
    if spoken and not meaning:
        return _ask_to_add(ctx, keys, spoken)
    word = _add(ctx, keys, meaning)
    ctx.services.sound.play_keys(word.keys)
    ctx.services.state.new_word = word
    text = f"Added {format_keys(keys)} to {word.language}"
    if not meaning:
        text += ". Now give its meaning: type it, or play meaning and spell it"
    return Answer(
        text,
        {"keys": list(keys), "language": word.language},
        {"words": len(ctx.services.languages.current.words)},
    )


def _ask_to_add(ctx: Context, keys: list[int], meaning: str) -> Answer:
    """Read a spoken meaning and its keys back and ask for confirmation, as speech may be misheard."""
    ctx.services.languages.check(_new_word(ctx, keys, meaning))
    ctx.services.sound.play_keys(keys)

    def on_answer(yes: bool) -> str:
        if not yes:
            return "Not added. Play add word to start again"
        return f"Added {format_keys(_add(ctx, keys, meaning).keys)}: {meaning}"

    ctx.services.confirmation.ask(f"{format_keys(keys)} will mean {meaning}. Keep it?", on_answer)
    return Answer(f"{format_keys(keys)}: {meaning}", {"keys": list(keys), "meaning": meaning})


def _new_word(ctx: Context, keys: list[int], meaning: str) -> Word:
    library = ctx.services.languages
    name = meaning.strip() or format_keys(keys)
    return _with_command(Word(tuple(keys), name, library.home()), name, library.stack)


def _add(ctx: Context, keys: list[int], meaning: str) -> Word:
    library = ctx.services.languages
    word = library.add(_new_word(ctx, keys, meaning))
    ctx.control.use_languages(library.active)
    ctx.services.undo.did(f"adding {word}", lambda: _remove(ctx, word.keys))
    return word


@command()
def meaning(ctx: Context, text: Text) -> Answer:
    """Set the meaning of the word you just added: a sentence, or the name of a word or command that it will run.

    Args:
        text: The meaning.
    """
    old = ctx.services.state.new_word
    if old is None:
        raise RubatoError("No word is waiting for its meaning", todo="Add a word first", code="no_new_word")
    meaning = text.strip()
    if not meaning:
        raise RubatoError(
            "The meaning is empty", kept=f"{format_keys(old.keys)} is unchanged", code="bad_value"
        )
    library = ctx.services.languages
    other_meanings = (other for other in old.meanings if other not in (meaning, old.name))
    new = _with_command(
        replace(old, name=meaning, meanings=(meaning, *other_meanings)), meaning, library.stack
    )
    library.change(_stored(ctx, old), new)
    ctx.control.use_languages(library.active)
    ctx.services.state.new_word = new
    ctx.services.undo.did(f"the meaning of {format_keys(new.keys)}", lambda: _put_back(ctx, new, old))
    runs = ", and runs it" if new.command else ""
    return Answer(
        f"{format_keys(new.keys)} means {meaning}{runs}", {"keys": list(new.keys), "meaning": meaning}
    )


def _with_command(word: Word, meaning: str, stack: Stack) -> Word:
    """Return `word` with the command that `meaning` names as a word or a command, or with none."""
    same = stack.word(meaning)
    if same is not None and same.command and same.keys != word.keys:
        return replace(word, command=same.command, args=same.args, parameters=same.parameters)
    command = REGISTRY.get(meaning.lower().replace(" ", "_"))
    if command is None or any(argument.required for argument in command.arguments):
        return replace(word, command="", args={}, parameters=())
    return replace(word, command=command.id, args={}, parameters=())


def _stored(ctx: Context, word: Word) -> Word:
    language = ctx.services.languages.languages[word.language]
    found = next((other for other in language.words if other.keys == word.keys), None)
    if found is None:
        raise RubatoError(f"{format_keys(word.keys)} is no longer in {word.language}", code="no_such_word")
    return found


def _put_back(ctx: Context, new: Word, old: Word) -> None:
    ctx.services.languages.change(_stored(ctx, new), old)
    ctx.control.use_languages(ctx.services.languages.active)


@command()
def remove_word(ctx: Context, keys: NewKeys) -> Answer:
    """Remove one of your own words by playing its keys.

    Args:
        keys: The keys of the word.
    """
    word = _remove(ctx, tuple(keys))
    ctx.services.undo.did(f"removing {word}", lambda: _restore(ctx, word))
    return Answer(f"Removed {word}", {"keys": list(keys), "language": word.language})


def _remove(ctx: Context, keys: tuple[int, ...]) -> Word:
    found = ctx.services.languages.stack.at(keys)
    if found is None:
        raise RubatoError(f"There is no word {format_keys(keys)}", code="no_such_word")
    ctx.services.languages.remove(found)
    ctx.control.use_languages(ctx.services.languages.active)
    return found


def _restore(ctx: Context, word: Word) -> None:
    ctx.services.languages.add(word)
    ctx.control.use_languages(ctx.services.languages.active)


@command()
def add_language(ctx: Context, title: Text) -> Answer:
    """Add a language of your own; it becomes the current one, and the words you add go into it.

    Args:
        title: Its title.
    """
    before = ctx.services.languages.active
    language = ctx.services.languages.add_language(title)
    ctx.control.use_languages(ctx.services.languages.active)

    def remove_language() -> None:
        ctx.services.languages.forget_language(language.name)
        ctx.control.use_languages(before)

    ctx.services.undo.did(f"adding the language {language.title}", remove_language)
    return Answer(f"Added the language {language.title}; it is the current one", {"language": language.name})


@command()
def languages(ctx: Context) -> Answer:
    """List the languages; `change language` and a number makes one current."""
    items = _languages(ctx)
    text = ctx.services.numbered_lists.show(ctx.t, "language", "Languages", items)
    return Answer(text, [name for _, name in items])


@command()
def change_language(ctx: Context, number: Choice) -> Answer:
    """Make a language from the list the current one.

    Args:
        number: Its number in the list of languages.
    """
    name = ctx.services.numbered_lists.pick("language", number, lambda: _languages(ctx))
    return set_language(ctx, name)


@command()
def set_language(ctx: Context, name: str) -> Answer:
    """Make a language the current one by its name.

    Args:
        name: Its name.
    """
    library = ctx.services.languages
    if name not in library.languages:
        raise RubatoError(f"There is no language {name!r}", code="no_such_language")
    before = library.active
    ctx.control.use_languages(list(dict.fromkeys([name, *before])))
    ctx.services.undo.did(f"the change to {name}", lambda: ctx.control.use_languages(before))
    title = library.languages[name].title
    return Answer(f"Language: {title}", {"language": name}, {"languages": library.active})


@command()
def words(ctx: Context) -> Answer:
    """List the words of the current language; `hear word` and a number plays one."""
    language = ctx.services.languages.current
    items = [(f"{word.name}, {format_keys(word.keys)}", word) for word in language.words]
    text = ctx.services.numbered_lists.show(ctx.t, "word", f"Words of {language.title}", items)
    return Answer(text, [{"word": word.name, "keys": list(word.keys)} for _, word in items])


@command()
def hear_word(ctx: Context, number: Choice) -> Answer:
    """Hear the keys of a word in the list of words.

    Args:
        number: Its number in the list of words.
    """
    current = ctx.services.languages.current
    word: Word = ctx.services.numbered_lists.pick(
        "word", number, lambda: [(word.name, word) for word in current.words]
    )
    ctx.services.sound.play_keys(word.keys)
    return Answer(f"{word.name}: {format_keys(word.keys)}", {"word": word.name, "keys": list(word.keys)})


def _languages(ctx: Context) -> list[tuple[str, Any]]:
    library = ctx.services.languages
    active = library.active
    order = [*active, *(name for name in library.languages if name not in active)]
    return [(library.languages[name].title, name) for name in order]
