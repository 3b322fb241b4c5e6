"""HTTP: who asks, how often, in which words; then the verb; then its answer or its refusal on the wire."""
