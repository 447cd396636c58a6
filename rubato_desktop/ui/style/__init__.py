"""Colours, fonts, icons, layouts and the wrapping of text."""
