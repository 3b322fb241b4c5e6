"""What strangers do for us, as Protocols: an adapter for each real one, and one stand-in that keeps state."""
