"""The services that commands use: sessions, pianoroll, browser, hearing, voice, knowledge, answers and others."""
