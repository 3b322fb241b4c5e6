"""Who somebody is: agents by their API keys, operators by the subject of their token; and what this deployment is."""
