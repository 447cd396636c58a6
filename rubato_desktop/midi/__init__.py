"""Devices, notes, files, synthesiser: everything MIDI, nothing of words."""
