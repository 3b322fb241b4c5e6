"""Tasks: one thing for a human to do, in the world or online, paid from escrow when the proof holds."""
