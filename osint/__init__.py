"""Ground floor: people, investigations, roles, tokens, the record of changes and the page shell."""
