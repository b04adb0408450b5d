"""Fetching and preserving what a publication showed: values in, values out, no Django."""
