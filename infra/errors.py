"""The one way in which packaging says no."""


class PackageError(Exception):
    """What was built must not be deployed. The message is one sentence for the person who ran the command."""
