"""The state of the pianoroll and the recordings it shows."""
