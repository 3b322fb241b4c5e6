"""The reader: takes data out of reports, and plans tests of changes. What follows is decided by the product."""
