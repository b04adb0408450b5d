"""Tests of fetching and preserving, against a real server on loopback."""
