"""Recording: the journal, and the sessions made from it."""
