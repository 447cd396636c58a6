"""Your keys: piano on and off, octave, MIDI devices, and how the keys sound."""

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
    """Recognise words on the keys again."""
    ctx.control.piano(True)
    return Answer("Piano on: the keys are words", state={"piano": True})


@command()
def piano_off(ctx: Context) -> Answer:
    """Use the keys for music only: no word is recognised except "piano on", played alone."""
    ctx.control.piano(False)
    return Answer("Piano off: the keys are music", state={"piano": False})


@command()
def octave(ctx: Context, lowest: NoteOffset) -> Answer:
    """Choose the lowest of the 25 keys on the device you are playing.

    Args:
        lowest: The key, counted from the current lowest.
    """
    name = ctx.services.state.last_device
    before = ctx.services.settings.device(name).base_note
    base = before + lowest
    if not 0 <= base <= 127 - 24:
        raise RubatoError(f"The 25 keys cannot start at MIDI note {base}", code="bad_value")
    _set_base(ctx, name, base)
    ctx.services.undo.did(f"the octave of {name}", lambda: _set_base(ctx, name, before))
    return Answer(f"{name}: the lowest key is MIDI note {base}", {"device": name, "base_note": base})


def _set_base(ctx: Context, name: str, base: int) -> None:
    ctx.services.settings.set_device(name, base_note=base)
    if ctx.services.devices is not None:
        ctx.services.devices.set_base(name, base)
    ctx.services.bus.publish(DevicesChanged(ctx.t))


@command()
def devices(ctx: Context) -> Answer:
    """List the MIDI devices; `choose device` and a number turns one on or off."""
    manager = _manager(ctx)
    text = ctx.services.numbered_lists.show(ctx.t, "device", "Devices", _items(manager))
    if manager.problem is not None:
        text = f"{manager.problem}. {text}"
    return Answer(text, [_as_json(state) for state in manager.states()])


@command()
def choose_device(
    ctx: Context, number: Choice | None = None, name: str = "", used: bool | None = None
) -> Answer:
    """Start or stop using a device.

    Args:
        number: Its number in the list of devices.
        name: Its name, instead of the number.
        used: Whether to use it; toggles by default.
    """
    state = _pick_device(ctx, number, name)
    use = not state.used if used is None else used
    manager = _manager(ctx)
    manager.choose(state.name, use)
    ctx.services.undo.did(f"the choice of {state.name}", lambda: manager.choose(state.name, state.used))
    return Answer(f"{state.name}: {'in use' if use else 'not in use'}", {"device": state.name, "used": use})


@command()
def device_role(ctx: Context, name: str, role: Role) -> Answer:
    """Set the role of a device: whether its keys play words, music or both.

    Args:
        name: The name of the device.
        role: command, performance or both.
    """
    _manager(ctx).set_role(name, role)
    return Answer(f"{name}: {role}", {"device": name, "role": role})


@command()
def next_role(ctx: Context, number: Choice) -> Answer:
    """Switch a device to its next role: command, performance, both.

    Args:
        number: Its number in the list of devices.
    """
    state = _pick_device(ctx, number, "")
    before = state.role
    role = ROLES[(ROLES.index(before) + 1) % len(ROLES)]
    ctx.services.undo.did(f"the role of {state.name}", lambda: device_role(ctx, state.name, before))
    return device_role(ctx, state.name, role)


@command()
def learn_base(ctx: Context, name: str) -> Answer:
    """Learn the lowest key of a device: the next key you press on it.

    Args:
        name: The name of the device.
    """
    _manager(ctx).learn_base(name)
    return Answer(f"{name}: now press its lowest key", {"device": name})


@command()
def echo(ctx: Context, on: bool) -> Answer:
    """Turn the sound of your keys on or off.

    Args:
        on: Whether you hear them.
    """
    return switch(ctx, "echo", on, "Your keys sound", "Your keys are silent")


@command()
def cues(ctx: Context, on: bool) -> Answer:
    """Turn cues on or off: the short sounds for words that were understood, unknown or refused.

    Args:
        on: Whether you hear them.
    """
    return switch(ctx, "cues", on, "Cues on", "Cues off")


@command()
def instrument(ctx: Context, program: Whole) -> Answer:
    """Choose the instrument of your keys.

    Args:
        program: The General MIDI instrument, 1 to 128.
    """
    before = ctx.services.settings.values.echo_instrument
    if not 1 <= program <= 128:
        raise RubatoError("Instruments are numbered 1 to 128", code="bad_value")
    ctx.control.set("echo_instrument", program)
    ctx.services.undo.did("the choice of instrument", lambda: ctx.control.set("echo_instrument", before))
    return Answer(f"Your keys: instrument {program}", {"program": program})


def switch(ctx: Context, name: str, on: bool, if_on: str, if_off: str) -> Answer:
    """Turn a boolean setting on or off, with undo.

    Args:
        ctx: The command's context.
        name: The setting.
        on: Its new value.
        if_on: The answer when it is on.
        if_off: The answer when it is off.
    """
    before = getattr(ctx.services.settings.values, name)
    ctx.control.set(name, on)
    ctx.services.undo.did(if_on if on else if_off, lambda: ctx.control.set(name, before))
    return Answer(if_on if on else if_off, state={name: on})


def _manager(ctx: Context) -> DeviceManager:
    if ctx.services.devices is None:
        raise RubatoError("MIDI devices are off in this run", code="no_devices")
    return ctx.services.devices


def _items(manager: DeviceManager) -> list[tuple[str, Any]]:
    return [(f"{state.name}, {_condition(state)}", state) for state in manager.states()]


def _condition(state: DeviceState) -> str:
    if not state.connected:
        return "not connected"
    return state.role if state.used else "not in use"


def _pick_device(ctx: Context, number: int | None, name: str) -> DeviceState:
    manager = _manager(ctx)
    if name:
        return manager.state(name)
    picked: DeviceState = ctx.services.numbered_lists.pick("device", number or 0, lambda: _items(manager))
    return manager.state(picked.name)  # the list may be out of date


def _as_json(state: DeviceState) -> dict[str, Any]:
    return {
        "name": state.name,
        "connected": state.connected,
        "used": state.used,
        "role": state.role,
        "base_note": state.base_note,
    }
