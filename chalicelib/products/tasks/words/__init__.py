"""Requests and answers of tasks, by what they are about."""
