"""Measures: AWS calls and capacity of every route and job, growth, cold start, and what a task costs in dollars."""
