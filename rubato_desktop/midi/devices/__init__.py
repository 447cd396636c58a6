"""MIDI devices: ports, hot-plugging, roles, held notes."""
