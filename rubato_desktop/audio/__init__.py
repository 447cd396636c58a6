"""The audio process and its client: synthesiser, cues, player, speech, mixer, output."""
