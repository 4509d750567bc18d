"""What a Cell is made of: how it runs, what watches it, what it holds, and its settings."""
