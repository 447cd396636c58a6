"""Browser, hearing and knowledge joined to the engine."""
