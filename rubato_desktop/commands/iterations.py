"""Iterations of a piece: marking them, seeing them one under another, going from one to the next; and pauses."""

from __future__ import annotations

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Whole
from rubato_desktop.commands.playing import clock_time
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.roll.iterations import Edge
from rubato_desktop.services.roll.overlay import Overlay, read_overlay, write_overlay


@command()
def iteration_start(ctx: Context) -> Answer:
    """Mark where an iteration of a piece begins: now, or at the playhead of the recording that is open."""
    if _plays_live(ctx):
        return Answer("Iteration starts", {"t": ctx.t / 1e6})
    return _mark(ctx, "Iteration starts", (ctx.services.roll.position, "start"))


@command()
def iteration_end(ctx: Context) -> Answer:
    """Mark where an iteration of a piece ends: now, or at the playhead of the recording that is open."""
    if _plays_live(ctx):
        return Answer("Iteration ends", {"t": ctx.t / 1e6})
    return _mark(ctx, "Iteration ends", (ctx.services.roll.position, "end"))


@command()
def iterations(ctx: Context, on: bool | None = None) -> Answer:
    """Show the iterations of the open recording one under another, or everything in one row.

    Args:
        on: Whether they lie under one another; the other way round when left out.
    """
    roll = ctx.services.roll
    stacked = not (roll.stacked and not roll.live) if on is None else on
    roll.stack(stacked)
    count = len(roll.iterations)
    told = f"{count} iteration{'' if count == 1 else 's'}"
    text = f"{told}, one under another" if stacked else "Everything in one row"
    lengths = [one.length / 1e6 for one in roll.iterations]
    return Answer(text, {"stacked": stacked, "seconds": lengths}, {"stacked": stacked})


@command()
def iteration(ctx: Context, number: Whole) -> Answer:
    """Go to the beginning of an iteration.

    Args:
        number: Which, from 1.
    """
    return _at(ctx, ctx.services.roll.go_to_iteration(number))


@command()
def change_iteration(ctx: Context, by: int) -> Answer:
    """Go to the same place in another iteration.

    Args:
        by: 1 is the next, -1 the one before.
    """
    return _at(ctx, ctx.services.roll.change_iteration(by))


@command()
def skip_pauses(ctx: Context, on: bool) -> Answer:
    """Jump over the pauses of recordings when they are played, or play them as rests.

    Args:
        on: Whether they are jumped over.
    """
    before = ctx.services.settings.values.skip_pauses
    ctx.control.set("skip_pauses", on)
    ctx.services.undo.did("skipping of pauses", lambda: ctx.control.set("skip_pauses", before))
    return Answer("Pauses are skipped" if on else "Pauses are played", {"on": on}, {"skip_pauses": on})


def _plays_live(ctx: Context) -> bool:
    """True when a mark belongs to what is being played now, not to the recording that is shown."""
    return ctx.services.roll.live or ctx.services.recorder.state != "off"


def _mark(ctx: Context, text: str, edge: Edge) -> Answer:
    roll = ctx.services.roll
    folder = roll.folder
    if folder is None:
        raise RubatoError(
            f"{roll.title} is a MIDI file of its own: marks are kept in a recording's folder",
            todo="Open a recording of yours, or put TRIAL#1 and END#1 into the file as markers",
            code="no_folder",
        )

    def keep(overlay: Overlay) -> None:
        write_overlay(folder, overlay)
        if roll.folder == folder:
            roll.lay(overlay)

    keep(read_overlay(folder).with_edge(edge))
    ctx.services.undo.did(text.lower(), lambda: keep(read_overlay(folder).without_edge(edge)))
    count = len(roll.iterations)
    told = f"{text} at {clock_time(edge[0])}: {count} iteration{'' if count == 1 else 's'}"
    return Answer(told, {"t": edge[0] / 1e6, "of": str(folder)}, {"iterations": count})


def _at(ctx: Context, number: int) -> Answer:
    roll = ctx.services.roll
    count, here = len(roll.iterations), roll.position
    into = here - roll.iterations[number - 1].t
    where = f", {clock_time(into)} into it" if into >= 100_000 else ""
    return Answer(
        f"Iteration {number} of {count}{where}",
        {"number": number, "seconds": here / 1e6},
        {"position": here / 1e6},
    )
