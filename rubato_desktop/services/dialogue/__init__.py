"""State that later commands refer to: the numbered list, the open question, undo steps, the last media."""
