"""What the wire promises: the promises as data, the seed's own samples, and the tests that hold the two together."""
