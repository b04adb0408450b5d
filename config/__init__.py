"""Composition root: what the applications are put together with. No application imports it."""
