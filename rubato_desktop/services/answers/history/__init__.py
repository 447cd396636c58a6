"""The history of questions and answers, one JSON file each.

`store` saves, finds and corrects them, `retention` decides which may be deleted, and `export` writes them to a file
before they are.
"""
