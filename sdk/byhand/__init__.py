"""Hire a human from a program: the client of Byhand and of the HumanOps API."""
