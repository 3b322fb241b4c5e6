"""The rows of tasks and of their disputes."""
