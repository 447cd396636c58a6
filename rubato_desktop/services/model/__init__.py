"""Language models: an Ollama server where one answers, else the small model that comes with the program.

`Models` is the one way to both: `server_process` serves the small model through Ollama's own API.
"""
