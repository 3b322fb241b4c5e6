"""Tools that know no word of our business: they would serve any Chalice app over DynamoDB."""
