"""`rubato run`, `devices`, `doctor` and `demo`: start the program, and check what it needs."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit, settings_of, warn
from rubato_desktop.errors import RubatoError


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    run = add(commands, common, "run", _run, "start Rubato")
    run.add_argument("--headless", action="store_true", help="run without a window")
    add(commands, common, "devices", _devices, "list the MIDI devices")
    add(commands, common, "doctor", _doctor, "check what is installed, what is missing, and what to do")
    demo = add(
        commands, common, "demo", _demo, "play a tour through the real program, without a screen or a device"
    )
    demo.add_argument("--out", required=True, metavar="DIR", help="the folder for the files it writes")
    demo.add_argument("--browser", action="store_true", help="play the tour of the browser; needs Chromium")


def _run(args: argparse.Namespace) -> int:
    from rubato_desktop.ipc.single_instance import SingleInstance, request

    if not args.headless:
        _check_screen()
        _load_qt()
    data = data_of(args)
    app: Any = None

    def on_request(message: dict[str, Any]) -> dict[str, Any]:
        return app.on_request(message) if app is not None else {"ok": True}

    data.mkdir(parents=True, exist_ok=True)
    instance = SingleInstance.claim(data, on_request)
    if instance is None:
        request(data, {"do": "front"})
        emit(args, {"started": False, "front": True}, "Rubato is already running; its window is now in front")
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


def _check_screen() -> None:
    from rubato_desktop.doctor import screen

    if not screen():
        raise RubatoError(
            "There is no screen to open a window on",
            todo="Run with --headless, or try: rubato demo --out demo",
            code="no_screen",
        )


def _load_qt() -> None:
    """Load Qt before any thread starts, and report what is missing if it cannot be loaded.

    PySide6 iterates over `sys.modules` while it loads; an import on another thread would crash the program.
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
        args,
        {"started": True, "data": str(app.data)},
        f"Rubato is running without a window. Data folder: {app.data}",
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
        f"{row['name']}: {'' if row['connected'] else 'not connected, '}{row['role']}, lowest key {row['base_note']}"
        for row in rows
    ]
    if problem:
        warn(problem)
    none = (
        ""
        if problem
        else "No MIDI device is connected; you can play the on-screen keys or the computer keyboard"
    )
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

    files = (browsing_tour if args.browser else tour)(Path(args.out))
    lines = [f"{name:<12} {path}" for name, path in files.items()]
    emit(args, {name: str(path) for name, path in files.items()}, "\n".join(lines))
    return DONE
