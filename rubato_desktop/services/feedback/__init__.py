"""Cues and announcements: how events are heard."""
