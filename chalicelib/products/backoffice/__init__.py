"""The backoffice: what the team that runs a deployment sees and does, each deed with its reason (ruling 2)."""
