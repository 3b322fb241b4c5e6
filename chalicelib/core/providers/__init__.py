"""Providers of payments: the adapters behind the ports through which money comes in and leaves."""
