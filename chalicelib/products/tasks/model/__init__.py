"""What tasks and their disputes are, as records."""
