"""What the window tells screen readers, and whether one is running."""
