"""The microphone: on and off."""

from __future__ import annotations

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.registry import Answer, command, missing


@command()
def microphone(ctx: Context, on: bool) -> Answer:
    """Listen through the microphone until it is switched off, or stop listening.

    Args:
        on: Whether to listen.
    """
    hearing = ctx.services.hearing
    if hearing is None:
        raise missing("hearing", "Listen through the microphone")
    hearing.listen("word", on)
    return Answer("Listening" if on else "Microphone off", {"on": on}, {"microphone": on})


@command()
def talk(ctx: Context, on: bool) -> Answer:
    """Listen while a key is down: its going down and up.

    Args:
        on: Whether it is down.
    """
    hearing = ctx.services.hearing
    if hearing is None:
        raise missing("hearing", "Listen through the microphone")
    if on:
        ctx.hush()
    hearing.talk(on)
    return Answer("", {"on": on}, {"talk": on})
