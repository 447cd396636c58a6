"""The voice: text made fit to be spoken, voices that are there, synthesis, and the queue of what is said.

Nothing of a synthesiser is loaded before the first word is said.
"""
