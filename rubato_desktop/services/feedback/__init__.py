"""Cues and announcements: how events sound."""
