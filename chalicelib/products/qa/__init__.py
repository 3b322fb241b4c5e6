"""qa: a human tries a web page and says what happened, and data is taken from their words."""
