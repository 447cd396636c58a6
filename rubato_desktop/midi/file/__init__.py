"""Standard MIDI Files: read, salvaged, written, summarised."""
