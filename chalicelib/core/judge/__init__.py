"""The Guardian: looks at proof and gives a verdict. What follows from a verdict is decided by the product."""
