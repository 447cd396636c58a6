"""What belongs to no subject: erase, undo, repeat, help, status, the window's panels, quit."""

from __future__ import annotations

from rubato_desktop import __version__
from rubato_desktop.commands.availability import absent
from rubato_desktop.commands.background import settled
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Choice, NewKeys
from rubato_desktop.commands.registry import NEEDS, REGISTRY, Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import PanelFolded
from rubato_desktop.language.keys import format_keys

THEMES = ("dark", "light", "system")


@command()
def erase(ctx: Context) -> Answer:
    """Erase: leave what is half played; at rest, strike the last word from the record."""
    if ctx.control.leave():
        return Answer("Erased")
    struck = ctx.services.recorder.strike(ctx.t)
    if struck is None:
        return Answer("Nothing to erase")
    return Answer(f"Erased {struck.word} from the record", {"word": struck.word, "t": struck.t / 1e6})


@command()
async def undo(ctx: Context) -> Answer:
    """Take the last change back."""
    what, answer = ctx.services.undo.back()
    await settled(answer)
    return Answer(f"Undone: {what}", {"undone": what})


@command()
def repeat(ctx: Context) -> Answer:
    """Do the last word again, with the same parameters."""
    word = ctx.control.again()
    if word is None:
        raise RubatoError("There is no word to repeat yet", code="nothing_to_repeat")
    ctx.control.run_word(word)
    return Answer(f"Again: {word.word}", {"word": word.word})


@command()
def confirm(ctx: Context) -> Answer:
    """Confirm what was asked."""
    return Answer(ctx.services.confirmation.answer(True))


@command()
def cancel(ctx: Context) -> Answer:
    """Cancel what was asked or is running."""
    if ctx.control.leave():
        return Answer("Cancelled")
    if ctx.services.confirmation.text:
        return Answer(ctx.services.confirmation.answer(False))
    raise RubatoError("Nothing is waiting or running", code="nothing_asked")


@command()
async def stop(ctx: Context) -> Answer:
    """Stop speech, reading and what is sounding, also on the page."""
    if ctx.services.answers is not None:
        ctx.services.answers.stop()
    ctx.hush()
    ctx.services.roll.pause()
    ctx.services.sound.silence()
    last = ctx.services.last_media.last
    if last is not ctx.services.roll:
        await settled(last.pause())
    return Answer("Stopped")


@command()
def help(ctx: Context, about: str = "") -> Answer:
    """Help: the words there are, or one of them.

    Args:
        about: A word or a command; everything when left out.
    """
    stack = ctx.services.languages.stack
    if about:
        word = stack.word(about)
        found = REGISTRY.get(word.command if word else about)
        if word is None and found is None:
            raise RubatoError(f"There is no word or command {about!r}", code="no_such_word")
        parts = [str(word) if word else "", word.help if word else "", found.summary if found else ""]
        return Answer(" · ".join(filter(None, parts)), {"about": about})
    items = []
    for word in stack.words():
        found = REGISTRY.get(word.command)
        takes = "".join(f" + {parameter.name}" for parameter in word.parameters)
        summary = word.help or (found.summary if found else "")
        items.append((f"{word.name}{takes}: {format_keys(word.keys)}. {summary}", word))
    ctx.services.numbered_lists.show(ctx.t, "word", "Help", items)
    text = "Play a word's keys in order; the top key leaves. The list of words is shown"
    return Answer(text, [{"word": word.name, "keys": list(word.keys)} for _, word in items])


@command()
def what_is(ctx: Context, keys: NewKeys) -> Answer:
    """Help for a word: play its keys and hear what they mean.

    Args:
        keys: The keys of the word.
    """
    word, played = ctx.services.languages.stack.at(tuple(keys)), format_keys(keys)
    if word is None:
        near = ctx.services.languages.nearest(tuple(keys), 1)
        told = f". Near it: {near[0].name}, {format_keys(near[0].keys)}" if near else ""
        raise RubatoError(f"There is no word {played}{told}", code="no_such_word")
    found = REGISTRY.get(word.command)
    takes = (
        f". It takes {', '.join(parameter.name for parameter in word.parameters)}" if word.parameters else ""
    )
    summary = (word.help or (found.summary if found else "")).rstrip(".")
    text = f"{played}: {word.name}{f'. {summary}' if summary else ''}{takes}"
    return Answer(text, {"word": word.name, "keys": list(keys), "command": word.command})


@command()
def status(ctx: Context) -> Answer:
    """Say what is there, what is missing, and what to do."""
    services = ctx.services
    missing = absent(services)
    problems = [services.sound.problem, services.devices.problem if services.devices else None]
    told = [str(problem) for problem in problems if problem is not None]
    text = "; ".join(told) or ("Keys are ready" if "sound" in missing else "Keys and sound are ready")
    if missing:
        text += ". Missing: " + "; ".join(_absence(name, why, told) for name, why in sorted(missing.items()))
    if services.confirmation.text:
        text += f". A question waits: {services.confirmation.text}"
    value = {
        "version": __version__,
        "has": sorted(set(NEEDS) - set(missing)),
        "missing": sorted(missing),
        "why": {name: str(why) for name, why in sorted(missing.items()) if why is not None},
        "problems": told,
        "question": services.confirmation.text,
        "secret": services.state.secret,
        "screen_reader": services.state.announced,
    }
    return Answer(text, value)


def _absence(name: str, why: RubatoError | None, told: list[str]) -> str:
    """What is missing, and why unless that was told before."""
    return NEEDS[name] if why is None or str(why) in told else f"{NEEDS[name]} ({why.happened})"


@command(needs="window")
def panels(ctx: Context) -> Answer:
    """List the window's panels; `fold panel` and a number folds or unfolds one."""
    items = _panels(ctx)
    return Answer(
        ctx.services.numbered_lists.show(ctx.t, "panel", "Panels", items), [name for _, name in items]
    )


@command(needs="window")
def fold_panel(ctx: Context, number: Choice) -> Answer:
    """Fold a panel, or unfold it.

    Args:
        number: Its number in the list of panels.
    """
    return fold(ctx, ctx.services.numbered_lists.pick("panel", number, lambda: _panels(ctx)))


@command(needs="window")
def fold(ctx: Context, panel: str) -> Answer:
    """Fold a panel, or unfold it, by its name.

    Args:
        panel: Its name.
    """
    if panel not in ctx.services.state.panels:
        raise RubatoError(f"There is no panel {panel!r}", code="no_such_choice")
    folded = list(ctx.services.settings.values.folded)
    fold_it = panel not in folded
    ctx.control.set("folded", [*folded, panel] if fold_it else [name for name in folded if name != panel])
    ctx.services.bus.publish(PanelFolded(ctx.t, panel, fold_it))
    title = ctx.services.state.panels[panel]
    return Answer(f"{title} {'folded' if fold_it else 'unfolded'}", {"panel": panel, "folded": fold_it})


def _panels(ctx: Context) -> list[tuple[str, str]]:
    return [(title, name) for name, title in ctx.services.state.panels.items()]


@command()
def theme(ctx: Context, name: str = "") -> Answer:
    """Change between dark, light, and as the system is.

    Args:
        name: dark, light or system; the next one when left out.
    """
    before = ctx.services.settings.values.theme
    wanted = name or THEMES[(THEMES.index(before) + 1) % len(THEMES)]
    if wanted not in THEMES:
        raise RubatoError(f"{wanted!r} is none of {', '.join(THEMES)}", code="bad_value")
    ctx.control.set("theme", wanted)
    ctx.services.undo.did("theme", lambda: ctx.control.set("theme", before))
    return Answer(f"Theme: {wanted}", {"theme": wanted})


@command(needs="window")
def zoom(ctx: Context, factor: float) -> Answer:
    """Zoom the pianoroll.

    Args:
        factor: 2 shows twice the detail, 0.5 half of it.
    """
    if not 0.01 <= factor <= 100:
        raise RubatoError("Zoom goes from 0.01 to 100", code="bad_value")
    ctx.services.roll.zoom(factor)
    seconds = ctx.services.roll.span / 1e6
    return Answer(f"{seconds:g} seconds in view", {"span": seconds}, {"span": seconds})


@command()
def follow(ctx: Context) -> Answer:
    """Let the pianoroll follow the last word and the playhead."""
    ctx.services.roll.set_follow(True)
    return Answer("The roll follows", state={"follow": True})


@command()
def live(ctx: Context) -> Answer:
    """Show what is being played now instead of a recording."""
    ctx.services.roll.show_live()
    return Answer("The roll shows what is played now", state={"live": True})


@command()
def quit(ctx: Context) -> Answer:
    """End the program; a running recording is kept."""
    ctx.control.end()
    return Answer("Goodbye")
