"""MIDI devices: ports, hot-plug, roles, held notes."""
