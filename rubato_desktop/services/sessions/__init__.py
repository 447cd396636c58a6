"""Recording: the journal, and the sessions that are made of it."""
