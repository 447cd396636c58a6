"""What is slow or outside: the journal, sessions, the player, the single instance."""
