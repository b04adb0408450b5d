"""PostgreSQL, Redis and a browser that the project brings itself, for a machine that has none of them."""
