"""MIDI messages, notes, devices and files. Knows nothing of the musical language."""
