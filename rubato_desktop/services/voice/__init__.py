"""The voice: text normalisation, installed voices, synthesis, and the speech queue.

No synthesiser is loaded before something is spoken.
"""
