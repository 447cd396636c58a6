"""Ears and a hand outside the program: a process that plays it through JACK and records what it sounds.

As a program: ``python tests/ears.py ORDERS.json``, with orders::

    {"listen": "Rubato",      part of the name of the ports to record
     "play": "rubato",        part of the name of the MIDI port to play into; empty waits to be joined
     "name": "ears",          name of the JACK client, as a device is called
     "messages": [[0.5, 144, 60, 90], …],   second, then the bytes
     "seconds": 2.0}

It prints one line of JSON, ``{"rate": Hz, "frames": a block, "sent": [ns, …]}``, and writes beside the
orders the sound as float32 (``.raw``, mono) and when each block of it arrived (``.times``, int64 ns). A message
counts as sent when the call that sends it begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

PATIENCE = 30.0


@dataclass(frozen=True)
class Heard:
    """What was recorded.

    Attributes:
        sound: Mono samples, in blocks of `frames`.
        rate: Samples a second.
        frames: Samples a block.
        arrived: When each block arrived, ns.
        sent: When each message was sent, ns on the same clock.
    """

    sound: npt.NDArray[np.float32]
    rate: int
    frames: int
    arrived: npt.NDArray[np.int64]
    sent: tuple[int, ...]

    def pitch(self, start: float = 0.0, end: float | None = None) -> float:
        """Return the strongest frequency between two seconds of the recording, Hz."""
        return pitch_of(self.sound[int(start * self.rate) : int(end * self.rate) if end else None], self.rate)

    def latency_ms(self, index: int, threshold: float = 0.002, *, window: float = 0.15) -> float | None:
        """Return the ms from the call that sent message `index` to the first sample of its sound, or None.

        Args:
            threshold: Amplitude that counts as sound, where what still rings from before is softer.
            window: Seconds to look.
        """
        at = self.sent[index]
        block = int(np.searchsorted(self.arrived, at))
        begin = block * self.frames
        before = np.abs(self.sound[max(0, begin - self.rate // 50) : begin])
        level = max(threshold, 1.5 * float(before.max(initial=0.0)))
        found = np.flatnonzero(np.abs(self.sound[begin : begin + int(window * self.rate)]) > level)
        if not len(found):
            return None
        later, offset = divmod(int(found[0]), self.frames)
        return (int(self.arrived[block + later]) - at) / 1e6 + offset / self.rate * 1e3


def pitch_of(sound: npt.NDArray[np.float32], rate: int) -> float:
    """Return the strongest frequency in mono samples, Hz, finer than the bins of the transform."""
    size = 1 << max(16, int(len(sound) - 1).bit_length())
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    return float(spectrum.argmax()) * rate / size


def frequency(note: int) -> float:
    """Return the frequency of MIDI note 0-127 in equal temperament, Hz (A4 = 69 = 440 Hz)."""
    return float(440.0 * 2 ** ((note - 69) / 12))


class Ears:
    """Starts the ears; use `hear` to wait for what they heard.

    Args:
        seconds: How long to listen.
        messages: Rows (second, bytes…) to send meanwhile.
        play: Part of the name of the MIDI port to send to; without it, waits until a program joins the hand.
        name: Name of the device the program sees.
        listen: Part of the name of the sound ports to record.
    """

    def __init__(
        self,
        seconds: float,
        messages: Sequence[tuple[float, ...]] = (),
        *,
        play: str = "",
        name: str = "ears",
        listen: str = "Rubato",
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ears-")
        self._orders = Path(self._folder.name, "orders.json")
        self._orders.write_text(
            json.dumps(
                {"seconds": seconds, "messages": messages, "play": play, "name": name, "listen": listen}
            )
        )
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self._orders)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        # They say when they listen; before that nothing should sound.
        self._process.stdout.readline()

    def hear(self) -> Heard:
        """Wait until they are done and return what they heard."""
        out, _ = self._process.communicate(timeout=600)
        if self._process.returncode:
            raise RuntimeError(f"the ears failed: {out}")
        answer = json.loads(out)
        sound = np.fromfile(self._orders.with_suffix(".raw"), np.float32)
        arrived = np.fromfile(self._orders.with_suffix(".times"), np.int64)
        self._folder.cleanup()
        return Heard(sound, answer["rate"], answer["frames"], arrived, tuple(answer["sent"]))


def _listen(orders_path: Path) -> None:
    import jack

    orders = json.loads(orders_path.read_text())
    client = jack.Client(orders["name"], no_start_server=True)
    rate, frames = client.samplerate, client.blocksize
    ear = client.inports.register("left")
    # A hand of the same client: a second MIDI library here would wait for JACK with the interpreter's lock held,
    # and JACK for the lock.
    hand = client.midi_outports.register("hand")
    waiting: deque[bytes] = deque()
    blocks = int((orders["seconds"] + 2) * rate / frames)
    sound = np.zeros((blocks, frames), np.float32)
    arrived = np.zeros(blocks, np.int64)
    count = 0

    @client.set_process_callback
    def process(_: int) -> None:
        nonlocal count
        hand.clear_buffer()
        while waiting:
            hand.write_midi_event(0, waiting.popleft())
        if count < blocks:
            arrived[count] = time.perf_counter_ns()
            sound[count] = ear.get_array()
            count += 1

    sent = []
    with client:
        if orders["messages"]:
            _wait(lambda: _reach(client, hand, orders["play"]), f"no MIDI port of {orders['play']!r}")
        _wait(lambda: _turn_to(client, ear, orders["listen"]), f"no sound port of {orders['listen']!r}")
        print("listening", flush=True)
        start = time.perf_counter()
        for second, *data in orders["messages"]:
            time.sleep(max(0.0, start + second - time.perf_counter()))
            sent.append(time.perf_counter_ns())
            waiting.append(bytes(data))
        time.sleep(max(0.0, start + orders["seconds"] - time.perf_counter()))
    sound[:count].tofile(orders_path.with_suffix(".raw"))
    arrived[:count].tofile(orders_path.with_suffix(".times"))
    print(json.dumps({"rate": rate, "frames": frames, "sent": sent}), flush=True)


def _turn_to(client: Any, ear: Any, name: str) -> bool:
    """Listen to the left of each stereo output of that name; returns whether there is one."""
    found = [port for port in client.get_ports(is_output=True, is_audio=True) if name in port.name][::2]
    for port in found:
        client.connect(port, ear)
    return bool(found)


def _reach(client: Any, hand: Any, name: str) -> bool:
    """Lay the hand on each MIDI input of that name, or none; returns whether it plays into one."""
    if not name:
        return bool(client.get_all_connections(hand))
    found = [port for port in client.get_ports(is_input=True, is_midi=True) if name in port.name]
    for port in found:
        client.connect(hand, port)
    return bool(found)


def _wait(there: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not there():
        if time.monotonic() > deadline:
            raise SystemExit(otherwise)
        time.sleep(0.02)


if __name__ == "__main__":
    _listen(Path(sys.argv[1]))
