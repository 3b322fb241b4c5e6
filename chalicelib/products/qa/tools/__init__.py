"""Jobs as tools, and what a model is told of one job."""
