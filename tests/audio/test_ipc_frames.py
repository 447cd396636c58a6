"""Frames between the program and its audio process."""

import pytest

from rubato_desktop.audio.ipc_frames import Frames, json_frame, midi_frame


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_are_reassembled_from_chunks_of_any_size(size: int) -> None:
    sent = [b"\x90\x3c\x40", {"do": "play"}, b"\xc0\x05", {"text": "äöü", "n": [1, 2]}, b"\x7b\x22\x00"]
    data = b"".join(midi_frame(item) if isinstance(item, bytes) else json_frame(item) for item in sent)
    frames = Frames()
    assert [item for i in range(0, len(data), size) for item in frames.feed(data[i : i + size])] == sent
