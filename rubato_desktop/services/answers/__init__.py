"""Answers to questions, grounded in retrieved passages, with numbered citations.

`pipeline.Answers` answers one question; `service.AnswerService` does so on a thread of its own and saves the answers
through the `history` package.
"""
