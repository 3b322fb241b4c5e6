"""Asking a model: one question, one answer in the words of a tool. What is asked is known to whoever asks."""
