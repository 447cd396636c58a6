"""Hearing: the microphone, who speaks when, and what was said. Heavy parts are in a process of their own."""
