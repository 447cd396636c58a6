"""A MIDI controller for tests: a process whose output port appears in JACK like that of a connected keyboard.

In a test, while a JACK server is running::

    with Controller("Keystation 25") as keys:
        keys.play("0 7 0")
        keys.send("90 3c 40", "80 3c 00", gap_ms=50)
        keys.unplug()
        keys.plug_in()
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Self

PORT = "out"
PATIENCE = 20.0


class Controller:
    """Controls the process of the controller. Methods return when JACK has received the bytes.

    Args:
        name: Name of the JACK client, which is the device name.
        base: MIDI note of key 0, for `play`.
        env: Environment of the process; by default, that of this process.
    """

    def __init__(
        self, name: str = "Keystation 25", *, base: int = 48, env: dict[str, str] | None = None
    ) -> None:
        self.name = name
        self.base = base
        self._env = env
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug_in(self) -> None:
        """Connect the device; return when its port exists."""
        self._process = subprocess.Popen(
            [sys.executable, __file__, self.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._env,
        )
        self._answer()

    def unplug(self) -> None:
        """Disconnect the device, even with held notes. Ignored if it is not connected."""
        process, self._process = self._process, None
        if process is not None:
            try:
                process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    def kill(self) -> None:
        """Kill the process without disconnecting from JACK, which blocks JACK in synchronous mode for 5 s."""
        assert self._process
        self._process.kill()
        self.unplug()

    def send(self, *messages: str | bytes, gap_ms: float = 0) -> list[int]:
        """Send messages, given as hexadecimal text (``"90 3c 40"``) or bytes.

        Args:
            gap_ms: Time between the starts of two messages, ms.

        Returns:
            The time at which each was sent, ns, from `time.monotonic_ns`, which is the same clock in all processes.
        """
        plain = [message.hex() if isinstance(message, bytes) else message for message in messages]
        return self._ask({"send": plain, "gap_ms": gap_ms})

    def play(self, keys: str, *, gap_ms: float = 40, velocity: int = 80, channel: int = 0) -> list[int]:
        """Play keys one after another, each released before the next; ``13+15`` is a chord.

        Returns:
            The time at which each message was sent, as `send`.
        """
        messages: list[str | bytes] = []
        for step in keys.split():
            notes = [self.base + int(key) for key in step.split("+")]
            messages += [bytes((0x90 | channel, note, velocity)) for note in notes]
            messages += [bytes((0x80 | channel, note, 0)) for note in notes]
        return self.send(*messages, gap_ms=gap_ms / 2)

    def _ask(self, request: dict[str, Any]) -> list[int]:
        assert self._process and self._process.stdin, f"{self.name} is not plugged in"
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> list[int]:
        assert self._process and self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the controller {self.name} ended: is there a JACK server?")
        answer: list[int] = json.loads(line)
        return answer


def main(name: str) -> None:
    """Run as the controller: read one JSON request per line from stdin, write the send times to stdout."""
    import rtmidi

    output = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name=name)
    output.open_virtual_port(PORT)
    print("[]", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(_send(output, request["send"], request["gap_ms"])), flush=True)
    output.close_port()
    output.delete()


def _send(output: Any, messages: Sequence[str], gap_ms: float) -> list[int]:
    begin = time.monotonic_ns()
    sent = []
    for number, message in enumerate(messages):
        due = begin + int(number * gap_ms * 1_000_000)
        # Absolute times, so that errors of many small gaps do not accumulate.
        while (wait := due - time.monotonic_ns()) > 0:
            time.sleep(wait / 1e9)
        sent.append(time.monotonic_ns())
        output.send_message(bytes.fromhex(message))
    return sent


if __name__ == "__main__":
    main(sys.argv[1])
