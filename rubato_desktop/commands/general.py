"""General commands: erase, undo, repeat, help, status, the window's panels and pianoroll, and quit."""

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
    """Erase what is half played; otherwise remove the last word from the record."""
    if ctx.control.leave():
        return Answer("Erased")
    struck = ctx.services.recorder.strike(ctx.t)
    if struck is None:
        return Answer("Nothing to erase")
    return Answer(f"Erased {struck.word} from the record", {"word": struck.word, "t": struck.t / 1e6})


@command()
async def undo(ctx: Context) -> Answer:
    """Undo the last change."""
    what, answer = ctx.services.undo.back()
    await settled(answer)
    return Answer(f"Undone: {what}", {"undone": what})


@command()
def repeat(ctx: Context) -> Answer:
    """Repeat the last word with the same parameters."""
    word = ctx.control.again()
    if word is None:
        raise RubatoError("There is no word to repeat yet", code="nothing_to_repeat")
    ctx.control.run_word(word)
    return Answer(f"Again: {word.word}", {"word": word.word})


@command()
def confirm(ctx: Context) -> Answer:
    """Answer the open question with yes."""
    return Answer(ctx.services.confirmation.answer(True))


@command()
def cancel(ctx: Context) -> Answer:
    """Cancel what is half played, or answer the open question with no."""
    if ctx.control.leave():
        return Answer("Cancelled")
    if ctx.services.confirmation.text:
        return Answer(ctx.services.confirmation.answer(False))
    raise RubatoError("There is nothing to cancel", code="nothing_asked")


@command()
async def stop(ctx: Context) -> Answer:
    """Stop speech, reading and playback, on the page too."""
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
    """Show help: every word, or one of them.

    Args:
        about: A word or a command; every word by default.
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
    text = "Play the keys of a word in order; the top key leaves it. The list of words is on screen"
    return Answer(text, [{"word": word.name, "keys": list(word.keys)} for _, word in items])


@command()
def what_is(ctx: Context, keys: NewKeys) -> Answer:
    """Explain a word: play its keys to hear what they mean.

    Args:
        keys: The keys of the word.
    """
    word, played = ctx.services.languages.stack.at(tuple(keys)), format_keys(keys)
    if word is None:
        near = ctx.services.languages.nearest(tuple(keys), 1)
        nearest = f". The nearest is {near[0].name}, {format_keys(near[0].keys)}" if near else ""
        raise RubatoError(f"There is no word {played}{nearest}", code="no_such_word")
    found = REGISTRY.get(word.command)
    names = ", ".join(parameter.name for parameter in word.parameters)
    takes = f". Parameter{'s' if len(word.parameters) > 1 else ''}: {names}" if names else ""
    summary = (word.help or (found.summary if found else "")).rstrip(".")
    text = f"{played}: {word.name}{f'. {summary}' if summary else ''}{takes}"
    return Answer(text, {"word": word.name, "keys": list(keys), "command": word.command})


@command()
def status(ctx: Context) -> Answer:
    """Report what is ready, what is missing, and what to do."""
    services = ctx.services
    missing = absent(services)
    errors = [services.sound.problem, services.devices.problem if services.devices else None]
    problems = [str(error) for error in errors if error is not None]
    text = "; ".join(problems) or ("Keys are ready" if "sound" in missing else "Keys and sound are ready")
    if missing:
        parts = (_describe_missing(name, why, problems) for name, why in sorted(missing.items()))
        text += ". Missing: " + "; ".join(parts)
    if services.confirmation.text:
        text += f". Waiting for your answer: {services.confirmation.text}"
    value = {
        "version": __version__,
        "has": sorted(set(NEEDS) - set(missing)),
        "missing": sorted(missing),
        "why": {name: str(why) for name, why in sorted(missing.items()) if why is not None},
        "problems": problems,
        "question": services.confirmation.text,
        "secret": services.state.secret,
        "screen_reader": services.state.announced,
    }
    return Answer(text, value)


def _describe_missing(name: str, why: RubatoError | None, problems: list[str]) -> str:
    """Return what is missing, with the reason unless `problems` already gives it."""
    return NEEDS[name] if why is None or str(why) in problems else f"{NEEDS[name]} ({why.happened})"


@command(needs="window")
def panels(ctx: Context) -> Answer:
    """List the window's panels; `fold panel` and a number folds or unfolds one."""
    items = _panels(ctx)
    return Answer(
        ctx.services.numbered_lists.show(ctx.t, "panel", "Panels", items), [name for _, name in items]
    )


@command(needs="window")
def fold_panel(ctx: Context, number: Choice) -> Answer:
    """Fold or unfold a panel.

    Args:
        number: Its number in the list of panels.
    """
    return fold(ctx, ctx.services.numbered_lists.pick("panel", number, lambda: _panels(ctx)))


@command(needs="window")
def fold(ctx: Context, panel: str) -> Answer:
    """Fold or unfold a panel by its name.

    Args:
        panel: Its name.
    """
    if panel not in ctx.services.state.panels:
        raise RubatoError(f"There is no panel {panel!r}", code="no_such_choice")
    folded = list(ctx.services.settings.values.folded)
    folds = panel not in folded
    ctx.control.set("folded", [*folded, panel] if folds else [name for name in folded if name != panel])
    ctx.services.bus.publish(PanelFolded(ctx.t, panel, folds))
    title = ctx.services.state.panels[panel]
    return Answer(f"{title} {'folded' if folds else 'unfolded'}", {"panel": panel, "folded": folds})


def _panels(ctx: Context) -> list[tuple[str, str]]:
    return [(title, name) for name, title in ctx.services.state.panels.items()]


@command()
def theme(ctx: Context, name: str = "") -> Answer:
    """Switch between the dark, light and system themes.

    Args:
        name: dark, light or system; the next one by default.
    """
    before = ctx.services.settings.values.theme
    wanted = name or THEMES[(THEMES.index(before) + 1) % len(THEMES)]
    if wanted not in THEMES:
        raise RubatoError(f"There is no theme {wanted!r}; choose dark, light or system", code="bad_value")
    ctx.control.set("theme", wanted)
    ctx.services.undo.did("the change of theme", lambda: ctx.control.set("theme", before))
    return Answer(f"Theme: {wanted}", {"theme": wanted})


@command(needs="window")
def zoom(ctx: Context, factor: float) -> Answer:
    """Zoom the pianoroll.

    Args:
        factor: 2 shows twice the detail, 0.5 half the detail.
    """
    if not 0.01 <= factor <= 100:
        raise RubatoError("The zoom factor must be between 0.01 and 100", code="bad_value")
    ctx.services.roll.zoom(factor)
    seconds = ctx.services.roll.span / 1e6
    return Answer(f"{seconds:g} seconds in view", {"span": seconds}, {"span": seconds})


@command()
def follow(ctx: Context) -> Answer:
    """Make the pianoroll follow the last word and the playhead."""
    ctx.services.roll.set_follow(True)
    return Answer("The pianoroll follows", state={"follow": True})


@command()
def live(ctx: Context) -> Answer:
    """Show what you are playing now instead of a recording."""
    ctx.services.roll.show_live()
    return Answer("The pianoroll shows what you play", state={"live": True})


@command()
def quit(ctx: Context) -> Answer:
    """Quit the program; a running recording is saved."""
    ctx.control.end()
    return Answer("Goodbye")
