"""Connections of browser, hearing and knowledge to the engine."""
