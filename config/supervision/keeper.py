"""Keeps programs running: starts them again when they end, stops them in the reverse order of their start."""

import time
from collections import defaultdict
from collections.abc import Callable

from config.supervision.errors import ProgramFailedError
from config.supervision.programs import Child, Program
from config.supervision.warden import Warden

MAX_RESTARTS = 5  # of one program within the window
RESTART_WINDOW_SECONDS = 300.0
LONGEST_WAIT_SECONDS = 16.0


class Keeper:
    """The children of one instance. `clock` gives seconds that never run backwards."""

    def __init__(
        self, warden: Warden, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._warden = warden
        self._say = say
        self._clock = clock
        self._children: list[Child] = []
        self._restarts: dict[str, list[float]] = defaultdict(list)
        self._due: dict[Program, float] = {}

    def start(self, program: Program) -> Child:
        """Start a program and keep it."""
        child = Child(program, self._warden)
        self._children.append(child)
        return child

    def tend(self) -> None:
        """Look after all programs once: clear up after ended ones, start again what is due.

        Raises ProgramFailedError when one ended too often.
        """
        for child in [child for child in self._children if child.exit_status() is not None]:
            self._children.remove(child)
            child.clear()
            self._plan_restart(child)
        for program in [program for program, due in self._due.items() if due <= self._clock()]:
            del self._due[program]
            self.start(program)

    def stop(self) -> None:
        """Stop all programs, the youngest first."""
        self._due.clear()
        while self._children:
            self._children.pop().stop()

    def _plan_restart(self, child: Child) -> None:
        """Decide when an ended program starts again: after 1, 2, 4 … seconds. Raises ProgramFailedError."""
        program, now = child.program, self._clock()
        recent = [at for at in self._restarts[program.name] if now - at < RESTART_WINDOW_SECONDS]
        if len(recent) >= MAX_RESTARTS:
            raise ProgramFailedError(f"{program.name} ended {len(recent) + 1} times; see {program.log}")
        wait = min(2.0 ** len(recent), LONGEST_WAIT_SECONDS)
        self._restarts[program.name] = [*recent, now]
        self._due[program] = now + wait
        self._say(
            f"! {program.name} ended unexpectedly ({child.exit_status()}); starting it again in {wait:.0f} s"
        )
