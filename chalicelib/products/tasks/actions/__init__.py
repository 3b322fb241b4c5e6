"""The verbs of tasks, by who speaks them: agents, operators; and the endings that several of them share."""
