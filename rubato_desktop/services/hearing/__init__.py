"""Hearing: microphone capture, voice activity detection and speech recognition, most of it in a child process."""
