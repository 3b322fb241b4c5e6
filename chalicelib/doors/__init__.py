"""The ways in. Doors welcome and say farewell; they know no business and import no product."""
