"""Language models: an Ollama server when there is one, otherwise the small model that comes with Rubato.

`Models` gives access to both, because `server_process` serves the small model through Ollama's API.
"""
