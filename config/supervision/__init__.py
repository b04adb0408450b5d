"""Starting programs, watching them, and being certain that they are gone afterwards."""
