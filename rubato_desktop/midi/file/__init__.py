"""Standard MIDI Files: reading, salvaging, writing, summarising."""
