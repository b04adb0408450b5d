#!/usr/bin/env python
"""Run an administrative command of the project: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Point Django at the project's settings and hand it the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
