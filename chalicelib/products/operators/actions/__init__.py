"""The verbs of operators, by what they are about."""
