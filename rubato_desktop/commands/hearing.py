"""The microphone: turn speech recognition on and off."""

from __future__ import annotations

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.registry import Answer, command, missing


@command()
def microphone(ctx: Context, on: bool) -> Answer:
    """Turn the microphone on, so that you can say words, or turn it off.

    Args:
        on: Whether to listen.
    """
    hearing = ctx.services.hearing
    if hearing is None:
        raise missing("hearing", "Use the microphone")
    hearing.listen("word", on)
    return Answer("Listening" if on else "Microphone off", {"on": on}, {"microphone": on})


@command()
def talk(ctx: Context, on: bool) -> Answer:
    """Listen while the push-to-talk key is down.

    Args:
        on: Whether the key went down, or up.
    """
    hearing = ctx.services.hearing
    if hearing is None:
        raise missing("hearing", "Use the microphone")
    if on:
        ctx.hush()
    hearing.talk(on)
    return Answer("", {"on": on}, {"talk": on})
