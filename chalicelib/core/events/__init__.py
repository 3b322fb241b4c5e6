"""What happened, in the past tense, and the webhooks that tell it."""
