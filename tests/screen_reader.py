"""The accessible tree of the program as a screen reader sees it: from another process, through AT-SPI.

`accessible_bus` returns a session bus. `Reader` controls a process with the Python of the system, which has the
bindings for AT-SPI (packages python3-gi, gir1.2-atspi-2.0). Run as a program, this file is that process.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SYSTEM_PYTHON = "/usr/bin/python3"
# A process of its own, because Qt connects to a session bus only once and would not find a newer one.
_SWITCH = """
import sys
from PySide6.QtCore import QCoreApplication
from PySide6.QtDBus import QDBusConnection, QDBusInterface
app = QCoreApplication([])
status = QDBusInterface("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status", QDBusConnection.sessionBus())
sys.exit(not status.setProperty("ScreenReaderEnabled", sys.argv[1] == "1"))
"""
MAX_CHILDREN = 200  # children of a node that are visited


class Reader:
    """Reads and operates a program through its accessible tree.

    Args:
        application: Name of the program on the accessibility bus.
    """

    def __init__(self, application: str) -> None:
        self._application = application

    def __enter__(self) -> Reader:
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, __file__, self._application],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def tree(self) -> list[dict[str, Any]]:
        """Return role, name and description of all visible nodes, depth first; empty if the program is not there."""
        return list(self._ask({"do": "tree"}))

    def names(self, role: str = "") -> list[str]:
        """Return the names of the nodes whose role contains `role`, such as ``button``."""
        return [item["name"] for item in self.tree() if role in item["role"]]

    def press(self, name: str) -> bool:
        """Press the first button whose name starts with `name`; return whether there is one."""
        return bool(self._ask({"do": "press", "name": name}))

    def write(self, name: str, text: str) -> bool:
        """Set the text of the first text field whose name starts with `name`; return whether there is one."""
        return bool(self._ask({"do": "write", "name": name, "text": text}))

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the reader process ended: are python3-gi and gir1.2-atspi-2.0 installed?"
        return json.loads(line)


def switch_reader(on: bool) -> None:
    """Announce on the session bus that a screen reader is running, or no longer, as Orca does."""
    subprocess.run([sys.executable, "-c", _SWITCH, str(int(on))], check=True, timeout=60)


def accessible_bus() -> Any:
    """Return a session bus, a `Server`, on which the accessibility bus starts automatically."""
    from servers import Server, ServerError

    class AccessibleBus(Server):
        def start(self) -> None:
            self._folder = tempfile.TemporaryDirectory(prefix="bus-")
            path = Path(self._folder.name) / "bus"
            address = f"unix:path={path}"
            self._launch(["dbus-daemon", "--session", "--nofork", f"--address={address}"])
            deadline = time.monotonic() + 30
            while not path.exists():
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise ServerError(f"dbus-daemon did not become ready:\n{self.output}")
                time.sleep(0.01)
            self.settings = {"DBUS_SESSION_BUS_ADDRESS": address, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}

        def stop(self) -> None:
            super().stop()
            self._folder.cleanup()

    return AccessibleBus()


def main(application: str) -> None:
    """Answer requests from stdin, one line of JSON each."""
    import gi  # type: ignore[import-not-found]

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, GLib  # type: ignore[import-not-found]

    def root() -> Any:
        # The newest of that name, because one that was killed may still be listed.
        desktop = Atspi.get_desktop(0)
        for number in reversed(range(desktop.get_child_count())):
            with contextlib.suppress(GLib.Error):
                child = desktop.get_child_at_index(number)
                if child is not None and child.get_name() == application and child.get_child_count():
                    return child
        return None

    def walk(node: Any) -> Any:
        yield node
        for number in range(min(node.get_child_count(), MAX_CHILDREN)):
            child = node.get_child_at_index(number)
            if child is not None:
                yield from walk(child)

    def visible(node: Any) -> bool:
        return bool(node.get_state_set().contains(Atspi.StateType.SHOWING))

    def nodes() -> Any:
        top = root()
        return (node for node in walk(top) if visible(node)) if top is not None else ()

    def first(name: str, role: str) -> Any:
        matches = (
            node for node in nodes() if node.get_name().startswith(name) and role in node.get_role_name()
        )
        return next(matches, None)

    def describe(node: Any) -> dict[str, str]:
        parts = {"role": node.get_role_name(), "name": node.get_name(), "description": node.get_description()}
        return {name: part or "" for name, part in parts.items()}

    def answer(request: dict[str, Any]) -> Any:
        if request["do"] == "tree":
            return [describe(node) for node in nodes()]
        node = first(request["name"], "button" if request["do"] == "press" else "text")
        if node is None:
            return False
        if request["do"] == "press":
            return node.get_action_iface().do_action(0)
        return node.get_editable_text_iface().set_text_contents(request["text"])

    for line in sys.stdin:
        try:
            print(json.dumps(answer(json.loads(line))), flush=True)
        except GLib.Error:
            # A node was removed during the request; the caller tries again.
            print("[]", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
