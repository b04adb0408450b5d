"""The evidence graph: everything of one investigation as typed nodes and directed edges."""
