"""The verbs of qa, by what they are about."""
