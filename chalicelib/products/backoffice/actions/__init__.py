"""The verbs of the backoffice, by what they are about."""
