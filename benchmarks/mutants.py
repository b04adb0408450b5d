"""Do the tests of the confidence model notice when it is changed? Makes mutants of it and counts those that survive.

Needs mutmut, which `make mutants` installs into an environment of its own. Works on a copy: nothing here is touched.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE, TESTS = "sightings/confidence", "tests/sightings/confidence"
WANTED = 0.90
#: Random graphs for each property: a mutant that five thousand would find, a hundred and fifty nearly always find.
GRAPHS = "150"

SETTINGS = f"""[mutmut]
source_paths={PACKAGE}
pytest_add_cli_args_test_selection={TESTS}
also_copy=
    osint
    tests
    sightings/__init__.py
    pytest.ini
"""
#: Of the project's own tests neither settings nor services: the package needs none.
PYTEST = "[pytest]\npythonpath = .\ntestpaths = tests\n"
TALLY = re.compile(r"(\d+)/(\d+)\s+\S+ (\d+) ")


def main() -> int:
    """Make the mutants, run the tests on each, and print how many were noticed; 1 when they are too few."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mutmut", type=Path, help="the program, such as benchmarks/.peers/mutmut/bin/mutmut")
    program = parser.parse_args().mutmut.resolve()
    with tempfile.TemporaryDirectory(prefix="sightline-mutants-") as name:
        folder = Path(name)
        _copy_to(folder)
        environment = {**os.environ, "SIGHTLINE_GRAPHS": GRAPHS}
        run = subprocess.run(  # noqa: S603  # a program that the caller names
            [program, "run", "--max-children", "2"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    tallies = TALLY.findall(run.stdout)
    if not tallies:
        sys.stderr.write(run.stdout[-2000:] + run.stderr[-2000:])
        return 1
    _, total, killed = map(int, tallies[-1])
    share = killed / total
    sys.stdout.write(f"{killed} of {total} mutants noticed, {share:.1%} (wanted {WANTED:.0%})\n")
    return 0 if share >= WANTED else 1


def _copy_to(folder: Path) -> None:
    for place in (PACKAGE, TESTS):
        shutil.copytree(ROOT / place, folder / place, ignore=shutil.ignore_patterns("__pycache__"))
    for place in ("sightings/__init__.py", "osint/__init__.py", "osint/errors.py"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / place, folder / place)
    (folder / "setup.cfg").write_text(SETTINGS)
    (folder / "pytest.ini").write_text(PYTEST)


if __name__ == "__main__":
    sys.exit(main())
