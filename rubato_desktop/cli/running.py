"""`rubato run`, `devices`, `doctor`, `demo`: the program itself."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit, say, settings_of
from rubato_desktop.errors import RubatoError


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    run = add(commands, common, "run", _run, "open the application")
    run.add_argument("--headless", action="store_true", help="without a window")
    add(commands, common, "devices", _devices, "list the MIDI devices")
    add(commands, common, "doctor", _doctor, "say what is there, what is missing, and what to do")
    demo = add(commands, common, "demo", _demo, "a tour without screen or device, through the real program")
    demo.add_argument("--out", required=True, metavar="DIR", help="the folder for what it leaves")
    demo.add_argument(
        "--browser", action="store_true", help="the tour of a browser instead; it needs Chromium"
    )


def _run(args: argparse.Namespace) -> int:
    from rubato_desktop.ipc.single_instance import SingleInstance, request

    if not args.headless:
        _need_screen()
        _load_qt()
    data = data_of(args)
    app: Any = None

    def asked(what: dict[str, Any]) -> dict[str, Any]:
        return app.on_request(what) if app is not None else {"ok": True}

    data.mkdir(parents=True, exist_ok=True)
    instance = SingleInstance.claim(data, asked)
    if instance is None:
        request(data, {"do": "front"})
        emit(args, {"started": False, "front": True}, "Rubato runs already; its window is in front")
        return DONE
    try:
        from rubato_desktop.app import App

        app = App(data, browser=True, hearing=True, knowledge=True)
        app.start(join=args.headless)
        try:
            return _headless(args, app) if args.headless else _window(app)
        finally:
            app.stop()
    finally:
        instance.close()


def _need_screen() -> None:
    from rubato_desktop.doctor import screen

    if not screen():
        raise RubatoError(
            "There is no screen to open a window on",
            todo="Run with --headless, or try: rubato demo --out demo",
            code="no_screen",
        )


def _load_qt() -> None:
    """Load Qt while no other thread runs, and say in words what is missing when it does not load.

    While it loads, PySide6 walks through `sys.modules`; a thread that imports anything meanwhile ends the program.
    """
    from rubato_desktop.ui.qt_version import qt_version

    qt_version()


def _window(app: Any) -> int:
    from rubato_desktop.ui import run_window

    return int(run_window(app.engine, app.join))


def _headless(args: argparse.Namespace, app: Any) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.engine.run("quit"))
    emit(
        args, {"started": True, "data": str(app.data)}, f"Rubato runs without a window; its data: {app.data}"
    )
    sys.stdout.flush()
    while not app.engine.wait_for_end(1.0):
        pass
    return DONE


def _devices(args: argparse.Namespace) -> int:
    from rubato_desktop.midi.devices.systems import open_system

    settings = settings_of(args)
    names: list[str] = []
    problem = ""
    try:
        system = open_system(settings.midi_system)
        try:
            names = list(system.inputs())
        finally:
            system.close()
    except RubatoError as error:
        problem = str(error)
    rows = [
        {"name": name, "connected": True, **settings.devices[name].model_dump()}
        if name in settings.devices
        else {"name": name, "connected": True, "role": "both", "base_note": 48, "used": True}
        for name in names
    ]
    rows += [
        {"name": name, "connected": False, **known.model_dump()}
        for name, known in settings.devices.items()
        if name not in names
    ]
    lines = [
        f"{row['name']}: {'' if row['connected'] else 'not there, '}{row['role']}, lowest key {row['base_note']}"
        for row in rows
    ]
    if problem:
        say(problem)
    none = "" if problem else "No MIDI device is connected; the on-screen keys and the computer's keys work"
    emit(args, {"devices": rows, "problem": problem or None}, "\n".join(lines) or none)
    return DONE


def _doctor(args: argparse.Namespace) -> int:
    from rubato_desktop.doctor import examine

    findings = examine(data_of(args), settings_of(args))
    good = all(finding.good for finding in findings)
    lines = []
    for finding in findings:
        mark = "ok     " if finding.good else "missing"
        todo = f"\n         {finding.todo}" if finding.todo and not finding.good else ""
        lines.append(f"{mark}  {finding.name}: {finding.found}{todo}")
    emit(args, {"ok": good, "checks": [finding.as_json() for finding in findings]}, "\n".join(lines))
    return DONE if good else NO


def _demo(args: argparse.Namespace) -> int:
    from rubato_desktop.demo import browsing_tour, tour

    left = (browsing_tour if args.browser else tour)(Path(args.out))
    lines = [f"{name:<12} {path}" for name, path in left.items()]
    emit(args, {name: str(path) for name, path in left.items()}, "\n".join(lines))
    return DONE
