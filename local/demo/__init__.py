"""The demo: the main job and what is around it, step by step, against a stack of its own."""
