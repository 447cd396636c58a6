"""Knowledge: texts are read, cut into chunks, embedded and catalogued, and found again by meaning and by words."""
