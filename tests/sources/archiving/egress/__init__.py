"""Tests of the one way out."""
