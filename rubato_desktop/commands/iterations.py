"""Iterations of a piece: mark them, stack them for comparison, and go from one to the next; and skip pauses."""

from __future__ import annotations

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Whole
from rubato_desktop.commands.playing import clock_time
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.plurals import counted
from rubato_desktop.services.roll.iterations import Edge
from rubato_desktop.services.roll.overlay import Overlay, read_overlay, write_overlay


@command()
def iteration_start(ctx: Context) -> Answer:
    """Mark the start of an iteration of a piece: now, or at the playhead of the open recording."""
    if _plays_live(ctx):
        return Answer("Iteration starts", {"t": ctx.t / 1e6})
    return _mark(ctx, "Iteration starts", (ctx.services.roll.position, "start"))


@command()
def iteration_end(ctx: Context) -> Answer:
    """Mark the end of an iteration of a piece: now, or at the playhead of the open recording."""
    if _plays_live(ctx):
        return Answer("Iteration ends", {"t": ctx.t / 1e6})
    return _mark(ctx, "Iteration ends", (ctx.services.roll.position, "end"))


@command()
def iterations(ctx: Context, on: bool | None = None) -> Answer:
    """Stack the iterations of the open recording, or show everything in one row.

    Args:
        on: Whether they are stacked; toggles by default.
    """
    roll = ctx.services.roll
    stacked = not (roll.stacked and not roll.live) if on is None else on
    roll.stack(stacked)
    count = counted(len(roll.iterations), "iteration")
    text = f"{count}, stacked" if stacked else "Everything in one row"
    lengths = [iteration.length / 1e6 for iteration in roll.iterations]
    return Answer(text, {"stacked": stacked, "seconds": lengths}, {"stacked": stacked})


@command()
def iteration(ctx: Context, number: Whole) -> Answer:
    """Go to the start of an iteration.

    Args:
        number: Its number, counting from 1.
    """
    return _position(ctx, ctx.services.roll.go_to_iteration(number))


@command()
def change_iteration(ctx: Context, by: int) -> Answer:
    """Go to the same position in another iteration.

    Args:
        by: 1 for the next iteration, -1 for the previous one.
    """
    return _position(ctx, ctx.services.roll.change_iteration(by))


@command()
def skip_pauses(ctx: Context, on: bool) -> Answer:
    """Skip the pauses of recordings during playback, or play them as rests.

    Args:
        on: Whether pauses are skipped.
    """
    before = ctx.services.settings.values.skip_pauses
    ctx.control.set("skip_pauses", on)
    ctx.services.undo.did("skipping pauses", lambda: ctx.control.set("skip_pauses", before))
    return Answer("Pauses are skipped" if on else "Pauses are played", {"on": on}, {"skip_pauses": on})


def _plays_live(ctx: Context) -> bool:
    """Return whether a mark belongs to what is being played now, not to the recording that is shown."""
    return ctx.services.roll.live or ctx.services.recorder.state != "off"


def _mark(ctx: Context, text: str, edge: Edge) -> Answer:
    roll = ctx.services.roll
    folder = roll.folder
    if folder is None:
        raise RubatoError(
            f"Cannot mark iterations in {roll.title}, which is not in the folder of a recording",
            todo="Open one of your recordings, or add the markers TRIAL#1 and END#1 to the file",
            code="no_folder",
        )

    def save(overlay: Overlay) -> None:
        write_overlay(folder, overlay)
        if roll.folder == folder:
            roll.lay(overlay)

    save(read_overlay(folder).with_edge(edge))
    ctx.services.undo.did(text.lower(), lambda: save(read_overlay(folder).without_edge(edge)))
    count = len(roll.iterations)
    return Answer(
        f"{text} at {clock_time(edge[0])}: {counted(count, 'iteration')}",
        {"t": edge[0] / 1e6, "of": str(folder)},
        {"iterations": count},
    )


def _position(ctx: Context, number: int) -> Answer:
    roll = ctx.services.roll
    count, position = len(roll.iterations), roll.position
    into = position - roll.iterations[number - 1].t
    where = f", {clock_time(into)} into it" if into >= 100_000 else ""
    return Answer(
        f"Iteration {number} of {count}{where}",
        {"number": number, "seconds": position / 1e6},
        {"position": position / 1e6},
    )
