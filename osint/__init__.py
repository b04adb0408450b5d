"""Ground floor: people, investigations, roles, tokens, the record of changes and the page shell."""

#: The product's version, as records of custody name it. The same stands in pyproject.toml.
__version__ = "0.1.0"
