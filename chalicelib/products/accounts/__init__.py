"""Agents' accounts: registration, keys, balance and deposits."""
