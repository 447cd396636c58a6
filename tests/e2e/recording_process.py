"""Programs that record and will be killed: each plays number after number and keeps a list of its own.

Note number n is played as the program change n // 128 and the key n % 128.

Run as a script, each line of standard input, the JSON of `record`'s arguments, starts a program, and its process id
is answered. They share only the modules that are loaded; all end when standard input does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from rubato_desktop.app import App
from rubato_desktop.events import Event, Notice, RecordingChanged
from rubato_desktop.language.keys import read_line
from rubato_desktop.midi.messages import PROGRAM, Message, note_off, note_on
from rubato_desktop.services.sessions.session import SessionData

EVERY_S = 0.004
START = "0 11 0"  # start recording
DEVICE = "numbers"
TIME_BYTES = 8


def messages(t: int, number: int) -> tuple[Message, Message]:
    """Return the messages of a number."""
    return Message(t, DEVICE, bytes((PROGRAM, number // 128))), note_on(t, DEVICE, number % 128)


def numbers(session: SessionData) -> list[int]:
    """Return the numbers that were played in a session."""
    found, high = [], 0
    for message in session.messages:
        if message.device != DEVICE:
            continue
        if message.kind == PROGRAM:
            high = message.data[1]
        elif message.is_note_on:
            found.append(high * 128 + message.note)
    return found


def record(data: Path, said: Path, times: Path) -> None:
    """Run the program without window, sound and devices, record, and play numbers until killed.

    Args:
        data: The data folder.
        said: Gets what the program said at its start, as JSON.
        times: Gets when each number was played, at once: `TIME_BYTES` each, ns, monotonic.
    """
    nursery = os.getppid()
    app = App(data, devices=False, sound=False)
    app.services.settings.set_device(DEVICE, role="performance")  # or some numbers would be words
    notices: list[str] = []
    recording = threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Notice):
            notices.append(event.happened)
        elif isinstance(event, RecordingChanged):
            recording.set()

    app.bus.subscribe(listen)
    app.start()
    for press in read_line(START):
        message = note_on if press.down else note_off
        app.engine.receive(message(app.clock.now(), "controller", 48 + press.key))
    recording.wait()
    app.recorder.recovered.result()
    app.engine.settle()
    said.write_text(json.dumps(notices))
    own = os.open(times, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    number = 0
    while os.getppid() == nursery:
        t = app.clock.now()
        for message in messages(t, number):
            app.engine.receive(message)
        os.write(own, time.monotonic_ns().to_bytes(TIME_BYTES))
        number += 1
        time.sleep(EVERY_S)  # the tempo


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed leaves nothing to be waited for
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            record(*map(Path, json.loads(line)))
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
