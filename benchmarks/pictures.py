"""Media search: what it finds again and what it keeps apart, and how long it takes among a million pictures.

Two experiments. The first draws pictures, saves them anew, resizes, crops and marks them, and looks for the
originals. The second fills a database of its own with looks that no picture has, as far apart as pictures' are, and
searches as a reader does who may see a tenth of them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.likeness import measure
from benchmarks.million import Search, search_among

ROOT = Path(__file__).resolve().parent.parent
WANTED_RECALL, WANTED_MS = 0.95, 20.0


def main() -> int:
    """Run both experiments and print what came of them; 1 when something is not as wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1_000, help="to draw; 0 for none (default 1000)")
    parser.add_argument(
        "--hashes", type=int, default=1_000_000, help="to search; 0 for none (default 1000000)"
    )
    parser.add_argument("--searches", type=int, default=200, help="in the second experiment (default 200)")
    options = parser.parse_args()
    is_well = True
    if options.pictures:
        is_well = _find_again(options.pictures)
    if options.hashes:
        with tempfile.TemporaryDirectory(prefix="sightline-bench-", dir=ROOT / "var") as folder:
            is_well = _search(search_among(Path(folder), options.hashes, options.searches)) and is_well
    return 0 if is_well else 1


def _find_again(count: int) -> bool:
    result = measure(count)
    _print(f"{count} pictures", f"{'':<14} {'recall':>7} {'median':>7} {'most':>7}   bits of 256 that differ")
    _print(*(likeness.line() for likeness in result.likenesses))
    _print(f"nearest two originals: {result.nearest}; false matches among originals: {result.false_matches}")
    recalls = [likeness.recall for likeness in result.likenesses]
    is_well = min(recalls) >= WANTED_RECALL and not result.false_matches
    _print(f"wanted recall {WANTED_RECALL} for every change without a false match: {_word(is_well)}", "")
    return is_well


def _search(search: Search) -> bool:
    _print(f"{search.hashes} looks, index made in {search.index_s:.0f} s")
    _print(f"median {search.median_ms:.1f} ms, of which the database's search {search.database_ms:.1f} ms")
    _print(f"95 % within {search.slow_ms:.1f} ms; found {search.recall:.3f} of what was looked for")
    is_well = search.median_ms <= WANTED_MS and search.recall >= WANTED_RECALL
    _print(f"wanted {WANTED_MS:.0f} ms at the median and recall {WANTED_RECALL}: {_word(is_well)}")
    return is_well


def _word(is_well: bool) -> str:
    return "yes" if is_well else "NO"


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
