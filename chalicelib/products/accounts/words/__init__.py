"""Requests and answers of accounts, by what they are about."""
