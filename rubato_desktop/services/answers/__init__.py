"""Answers to questions, from passages that were found, with numbered citations.

`Answers` is the class to call; `inquiries` beside this package keeps what was asked and answered.
"""
