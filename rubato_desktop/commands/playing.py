"""Playback: these commands act on what played last, a recording or a page, and their answer names it."""

from __future__ import annotations

from rubato_desktop.commands.background import settled
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Factor, Finite, Level, Seconds, Whole
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.keys import format_keys


def clock_time(us: int) -> str:
    """Return a time in µs as text: ``4:07.5``."""
    minutes, tenths = divmod(us // 100_000, 600)
    return f"{minutes}:{tenths // 10:02d}.{tenths % 10}"


def _position(ctx: Context) -> Answer:
    roll = ctx.services.roll
    seconds = roll.position / 1e6
    return Answer(f"{roll.title} at {clock_time(roll.position)}", {"seconds": seconds}, {"position": seconds})


@command()
async def play(ctx: Context) -> Answer:
    """Play what played last, from its current position."""
    source = ctx.services.last_media.last
    await settled(source.play())
    return Answer(f"{source.name}: playing", {"source": source.name}, {"playing": True})


@command()
async def pause(ctx: Context) -> Answer:
    """Pause what is playing."""
    source = ctx.services.last_media.last
    await settled(source.pause())
    return Answer(f"{source.name}: paused", {"source": source.name}, {"playing": False})


@command()
async def skip(ctx: Context, seconds: Seconds) -> Answer:
    """Skip forward or back in what played last.

    Args:
        seconds: How far, in seconds; negative is back.
    """
    source = ctx.services.last_media.last
    await settled(source.skip(seconds))
    return Answer(f"{source.name}: {seconds:+g} s", {"source": source.name, "seconds": seconds})


@command()
async def speed(ctx: Context, factor: Factor) -> Answer:
    """Set the speed of what played last.

    Args:
        factor: 0.1 to 4, where 1 is as recorded; or pause or play.
    """
    source = ctx.services.last_media.last
    if factor == "pause":
        answer = await pause(ctx)
        ctx.services.undo.did(f"pausing {source.name}", source.play)
        return answer
    if factor == "play":
        answer = await play(ctx)
        ctx.services.undo.did(f"playing {source.name}", source.pause)
        return answer
    if isinstance(factor, str):
        raise RubatoError(f"{factor!r} is not a speed; choose 0.1 to 4, pause or play", code="bad_value")
    before = source.speed
    await settled(source.set_speed(ctx.services.last_media.require(factor)))
    ctx.services.undo.did(f"the speed of {source.name}", lambda: source.set_speed(before))
    return Answer(
        f"{source.name}: speed {factor:g}", {"source": source.name, "speed": factor}, {"speed": factor}
    )


@command()
async def volume(ctx: Context, level: Level) -> Answer:
    """Set the volume of what played last.

    Args:
        level: 0 (silent) to 1 (full).
    """
    source = ctx.services.last_media.last
    before = source.volume
    await settled(source.set_volume(level))
    ctx.services.undo.did(f"the volume of {source.name}", lambda: source.set_volume(before))
    text = f"{source.name}: volume {round(level * 100)} %"
    return Answer(text, {"source": source.name, "volume": level}, {"volume": level})


@command()
def seek(ctx: Context, seconds: Finite) -> Answer:
    """Go to a time in the open recording.

    Args:
        seconds: Seconds from its start.
    """
    ctx.services.roll.seek(round(seconds * 1e6))
    return _position(ctx)


@command()
def jump(ctx: Context, events: Whole) -> Answer:
    """Jump forward or back by words, or by notes if the recording has no words.

    Args:
        events: How many; negative is back.
    """
    ctx.services.roll.jump(events)
    return _position(ctx)


@command()
def hear(ctx: Context, word: str) -> Answer:
    """Hear the keys of a word by its name.

    Args:
        word: Its name.
    """
    entry = ctx.services.languages.stack.word(word)
    if entry is None:
        raise RubatoError(f"There is no word {word!r}", code="no_such_word")
    ctx.services.sound.play_keys(entry.keys)
    return Answer(f"{entry.name}: {format_keys(entry.keys)}", {"word": entry.name, "keys": list(entry.keys)})


@command()
def silence(ctx: Context) -> Answer:
    """Silence everything at once: the recording, your keys, the cues and the voice."""
    ctx.hush()
    ctx.services.roll.pause()
    ctx.services.sound.silence()
    return Answer("Silent")
