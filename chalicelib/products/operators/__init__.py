"""The people who do the work: registration, files they hand in, earnings and payouts."""
