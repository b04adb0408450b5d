"""Sources, publications, derivations, captures, stored files and archiving: the first floor."""
