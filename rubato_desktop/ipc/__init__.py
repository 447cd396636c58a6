"""Processes of the program and what they say to each other."""
