"""Lists, questions, undo: what a command refers to that came before."""
