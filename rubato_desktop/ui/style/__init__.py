"""Colours, fonts, icons, layouts."""
