"""Requests and answers of operators, by what they are about."""
