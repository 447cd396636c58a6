"""The folding panels at the side."""
