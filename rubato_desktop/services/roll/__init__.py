"""What the pianoroll shows."""
