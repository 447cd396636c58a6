"""Cards over the pianoroll."""
