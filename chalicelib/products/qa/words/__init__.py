"""Requests and answers of qa, by what they are about."""
