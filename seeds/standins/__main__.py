"""`python -m seeds.standins build DIR` makes the site, `serve DIR --port N` serves it on loopback."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from seeds.errors import SeedError
from seeds.standins.build import build
from seeds.standins.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 1 with one line on stderr when not."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "build":
            build(options.directory)
        else:
            serve(options.directory, options.port)
    except (SeedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m seeds.standins", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in (("build", "make the site"), ("serve", "serve the site on 127.0.0.1")):
        command = commands.add_parser(name, help=purpose)
        command.add_argument("directory", type=Path)
        if name == "serve":
            command.add_argument("--port", type=int, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
