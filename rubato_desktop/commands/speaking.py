"""The voice: speak a text, repeat it, and set the rate, the volume and the voice."""

from __future__ import annotations

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.keyboard import switch
from rubato_desktop.commands.parameter_types import Choice, Factor, Level, Text
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.feedback.announcements import Announcements
from rubato_desktop.services.voice.voices import FASTEST, SLOWEST, Voice, choose_voice, find_voices


@command()
def say(ctx: Context, text: Text, rate: float | None = None, voice: str = "") -> Answer:
    """Say a text aloud, after the current speech.

    Args:
        text: What to say.
        rate: How fast, 0.5 to 3; as in the settings by default.
        voice: The name of a voice; the one in the settings by default.
    """
    announcements = _announcements(ctx)
    if rate is not None:
        _check_rate(rate)
    if voice:
        choose_voice(ctx.services.settings.path.parent, voice)
    announcements.say(text, rate=rate, voice=voice)
    return Answer(text, {"text": text})


@command()
def say_again(ctx: Context) -> Answer:
    """Repeat what the voice said last."""
    text = _announcements(ctx).again()
    if not text:
        raise RubatoError("Nothing has been said yet", code="nothing_said")
    return Answer(text, {"text": text})


@command()
def speech(ctx: Context, on: bool) -> Answer:
    """Turn spoken answers on or off.

    Args:
        on: Whether answers are spoken.
    """
    return switch(ctx, "speech", on, "Speech on", "Speech off")


@command()
def speech_rate(ctx: Context, rate: Factor) -> Answer:
    """Set how fast the voice speaks.

    Args:
        rate: 0.5 to 3; 1 is normal.
    """
    if isinstance(rate, str):
        raise RubatoError(f"{rate!r} is not a rate; choose {SLOWEST:g} to {FASTEST:g}", code="bad_value")
    before = ctx.services.settings.values.speech_rate
    ctx.control.set("speech_rate", _check_rate(rate))
    ctx.services.undo.did("the rate of speech", lambda: ctx.control.set("speech_rate", before))
    return Answer(f"Speech rate {rate:g}", {"rate": rate}, {"speech_rate": rate})


@command()
def speech_volume(ctx: Context, level: Level) -> Answer:
    """Set how loud the voice speaks.

    Args:
        level: 0 (silent) to 1 (full).
    """
    before = ctx.services.settings.values.speech_volume
    ctx.control.set("speech_volume", level)
    ctx.services.undo.did("the volume of speech", lambda: ctx.control.set("speech_volume", before))
    return Answer(f"Speech volume {round(level * 100)} %", {"volume": level}, {"speech_volume": level})


@command()
def voices(ctx: Context) -> Answer:
    """List the voices; `choose voice` and a number chooses one."""
    items, problems = _voices(ctx)
    text = ctx.services.numbered_lists.show(ctx.t, "voice", "Voices", items)
    return Answer(". ".join([text, *problems]), [voice.as_json() for _, voice in items])


@command("choose_voice")
def choose_voice_(ctx: Context, number: Choice) -> Answer:
    """Choose the voice that speaks.

    Args:
        number: Its number in the list of voices.
    """
    voice: Voice = ctx.services.numbered_lists.pick("voice", number, lambda: _voices(ctx)[0])
    before = ctx.services.settings.values.voice
    ctx.control.set("voice", voice.name)
    ctx.services.undo.did("the choice of a voice", lambda: ctx.control.set("voice", before))
    return Answer(f"Voice {voice.name}", {"voice": voice.name}, {"voice": voice.name})


def _voices(ctx: Context) -> tuple[list[tuple[str, Voice]], list[str]]:
    found, problems = find_voices(ctx.services.settings.path.parent)
    return [(f"{voice.name}, {voice.language}", voice) for voice in found], [str(p) for p in problems]


def _check_rate(rate: float) -> float:
    if not SLOWEST <= rate <= FASTEST:
        raise RubatoError(
            f"The rate must be between {SLOWEST:g} and {FASTEST:g}, not {rate:g}", code="bad_value"
        )
    return rate


def _announcements(ctx: Context) -> Announcements:
    if ctx.services.announcements is None:
        raise RubatoError(
            "Sound is off", todo="Set sound to true in the settings and restart Rubato", code="no_sound"
        )
    problem = ctx.services.sound.problem
    if problem is not None and not ctx.services.sound.output:
        raise problem
    return ctx.services.announcements
