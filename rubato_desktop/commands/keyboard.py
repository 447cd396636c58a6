"""The keys themselves: piano on and off, octave, devices, what is heard of them."""

from __future__ import annotations

from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Choice, NoteOffset, Whole
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import DevicesChanged
from rubato_desktop.midi.devices.manager import DeviceManager
from rubato_desktop.midi.devices.state import ROLES, DeviceState, Role


@command()
def piano_on(ctx: Context) -> Answer:
    """Piano on: the keys are words again."""
    ctx.control.piano(True)
    return Answer("Piano on: the keys are words", state={"piano": True})


@command()
def piano_off(ctx: Context) -> Answer:
    """Piano off: the keys are only music; only "piano on", played alone, is heard."""
    ctx.control.piano(False)
    return Answer("Piano off: the keys are music", state={"piano": False})


@command()
def octave(ctx: Context, lowest: NoteOffset) -> Answer:
    """Make a key the lowest of the 25, on the device that is played.

    Args:
        lowest: The key, counted from the one that is the lowest now.
    """
    name = ctx.services.state.last_device
    before = ctx.services.settings.device(name).base_note
    base = before + lowest
    if not 0 <= base <= 127 - 24:
        raise RubatoError(f"The 25 keys cannot begin at MIDI note {base}", code="bad_value")
    _set_base(ctx, name, base)
    ctx.services.undo.did(f"octave of {name}", lambda: _set_base(ctx, name, before))
    return Answer(f"{name}: the lowest key is MIDI note {base}", {"device": name, "base_note": base})


def _set_base(ctx: Context, name: str, base: int) -> None:
    ctx.services.settings.set_device(name, base_note=base)
    if ctx.services.devices is not None:
        ctx.services.devices.set_base(name, base)
    ctx.services.bus.publish(DevicesChanged(ctx.t))


@command()
def devices(ctx: Context) -> Answer:
    """List the MIDI devices; `choose device` and a number switches one on or off."""
    manager = _manager(ctx)
    text = ctx.services.numbered_lists.show(ctx.t, "device", "Devices", _listed(manager))
    if manager.problem is not None:
        text = f"{manager.problem}. {text}"
    return Answer(text, [_as_json(state) for state in manager.states()])


@command()
def choose_device(
    ctx: Context, number: Choice | None = None, name: str = "", used: bool | None = None
) -> Answer:
    """Listen to a device, or stop listening to it.

    Args:
        number: Its number in the list of devices.
        name: Its name, instead.
        used: Whether to listen; the other way round than now when left out.
    """
    state = _picked(ctx, number, name)
    listen = not state.used if used is None else used
    manager = _manager(ctx)
    manager.choose(state.name, listen)
    ctx.services.undo.did(f"choice of {state.name}", lambda: manager.choose(state.name, state.used))
    return Answer(
        f"{state.name}: {'listening' if listen else 'not listening'}", {"device": state.name, "used": listen}
    )


@command()
def device_role(ctx: Context, name: str, role: Role) -> Answer:
    """Say what the keys of a device are.

    Args:
        name: The device.
        role: command, performance or both.
    """
    _manager(ctx).set_role(name, role)
    return Answer(f"{name}: {role}", {"device": name, "role": role})


@command()
def next_role(ctx: Context, number: Choice) -> Answer:
    """Change what the keys of a device are: command, performance, both, and round again.

    Args:
        number: Its number in the list of devices.
    """
    state = _picked(ctx, number, "")
    before = state.role
    role = ROLES[(ROLES.index(before) + 1) % len(ROLES)]
    ctx.services.undo.did(f"role of {state.name}", lambda: device_role(ctx, state.name, before))
    return device_role(ctx, state.name, role)


@command()
def learn_base(ctx: Context, name: str) -> Answer:
    """Learn the lowest key of a device: the next key pressed on it is the lowest.

    Args:
        name: The device.
    """
    _manager(ctx).learn_base(name)
    return Answer(f"{name}: now press its lowest key", {"device": name})


@command()
def echo(ctx: Context, on: bool) -> Answer:
    """Hear the keys you play, or not.

    Args:
        on: Whether they are heard.
    """
    return switch(ctx, "echo", on, "Your keys are heard", "Your keys are silent")


@command()
def cues(ctx: Context, on: bool) -> Answer:
    """Hear understood, unknown and the like, or not.

    Args:
        on: Whether they are heard.
    """
    return switch(ctx, "cues", on, "Cues on", "Cues off")


@command()
def instrument(ctx: Context, program: Whole) -> Answer:
    """Choose the instrument of your own keys.

    Args:
        program: General MIDI instrument, counting from 1.
    """
    before = ctx.services.settings.values.echo_instrument
    if not 1 <= program <= 128:
        raise RubatoError("Instruments are numbered 1 to 128", code="bad_value")
    ctx.control.set("echo_instrument", program)
    ctx.services.undo.did("instrument", lambda: ctx.control.set("echo_instrument", before))
    return Answer(f"Your keys: instrument {program}", {"program": program})


def switch(ctx: Context, name: str, on: bool, if_on: str, if_off: str) -> Answer:
    """Change a setting that is on or off; `undo` changes it back."""
    before = getattr(ctx.services.settings.values, name)
    ctx.control.set(name, on)
    ctx.services.undo.did(if_on if on else if_off, lambda: ctx.control.set(name, before))
    return Answer(if_on if on else if_off, state={name: on})


def _manager(ctx: Context) -> DeviceManager:
    if ctx.services.devices is None:
        raise RubatoError("MIDI devices are not looked for in this run", code="no_devices")
    return ctx.services.devices


def _listed(manager: DeviceManager) -> list[tuple[str, Any]]:
    return [(f"{state.name}, {_condition(state)}", state) for state in manager.states()]


def _condition(state: DeviceState) -> str:
    if not state.connected:
        return "not there"
    return state.role if state.used else "not used"


def _picked(ctx: Context, number: int | None, name: str) -> DeviceState:
    manager = _manager(ctx)
    if name:
        return manager.state(name)
    picked: DeviceState = ctx.services.numbered_lists.pick("device", number or 0, lambda: _listed(manager))
    # The list may be old: what the device is now counts.
    return manager.state(picked.name)


def _as_json(state: DeviceState) -> dict[str, Any]:
    return {
        "name": state.name,
        "connected": state.connected,
        "used": state.used,
        "role": state.role,
        "base_note": state.base_note,
    }
