"""What we sell. Products do not know each other; what they share lies below, in core."""
