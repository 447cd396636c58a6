"""Processes that record consecutive numbers until they are killed, and log the time of each.

Number n is played as program change n // 128 and note-on n % 128.

As a script: each line of standard input, a JSON list of the arguments of `record`, forks a process and prints its id.
Forking saves the time to import the modules. All processes end when standard input is closed.
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
    """Return the messages that represent a number."""
    return Message(t, DEVICE, bytes((PROGRAM, number // 128))), note_on(t, DEVICE, number % 128)


def numbers(session: SessionData) -> list[int]:
    """Return the numbers recorded in a session."""
    result, high = [], 0
    for message in session.messages:
        if message.device != DEVICE:
            continue
        if message.kind == PROGRAM:
            high = message.data[1]
        elif message.is_note_on:
            result.append(high * 128 + message.note)
    return result


def record(data: Path, notices: Path, times: Path) -> None:
    """Run the program without window, sound and devices, record, and play numbers until killed.

    Args:
        data: The data folder.
        notices: File for the notices at the start, a JSON list.
        times: File for the monotonic time of each number, ns, `TIME_BYTES` bytes each, unbuffered.
    """
    parent = os.getppid()
    app = App(data, devices=False, sound=False)
    app.services.settings.set_device(DEVICE, role="performance")  # otherwise some numbers would be words
    received: list[str] = []
    recording = threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Notice):
            received.append(event.happened)
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
    notices.write_text(json.dumps(received))
    log = os.open(times, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    number = 0
    while os.getppid() == parent:
        t = app.clock.now()
        for message in messages(t, number):
            app.engine.receive(message)
        os.write(log, time.monotonic_ns().to_bytes(TIME_BYTES))
        number += 1
        time.sleep(EVERY_S)  # interval between numbers


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # killed children need not be waited for
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            record(*map(Path, json.loads(line)))
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
