"""Capturing pages with a headless Chromium, which is talked to over a pipe and reaches nothing but the way out."""

from .method import archive_in_browser

__all__ = ["archive_in_browser"]
