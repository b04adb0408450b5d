"""Tests of the media method, in a package so that they can share their stage."""
