"""Runs programs and commands of one instance: same environment, same folder of logs, same keeper."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from config.supervision.errors import StepFailedError
from config.supervision.keeper import Keeper
from config.supervision.programs import Child, Program, fresh_log
from config.supervision.stop import StopRequest
from config.supervision.warden import Warden

TAIL_LINES = 6
WAIT_SECONDS = 60.0


class Runner:
    """Starts things with `environment`, which may grow while an instance starts."""

    def __init__(
        self, *, keeper: Keeper, warden: Warden, stop: StopRequest, logs: Path, environment: dict[str, str]
    ) -> None:
        self.environment = environment
        self.stop = stop
        self.keeper = keeper
        self._warden = warden
        self._logs = logs

    def keep(self, name: str, *command: str) -> None:
        """Start a program and keep it running until the instance stops."""
        self.keeper.start(self._program(name, command))

    def keep_python(self, name: str, *arguments: str) -> None:
        """Start a Python program with the running interpreter, and keep it running."""
        self.keep(name, sys.executable, *arguments)

    def run_python(self, name: str, *arguments: str) -> None:
        """Run a Python command to its end. Raises StepFailedError, StopRequestedError."""
        program = self._program(name, (sys.executable, *arguments))
        child = Child(program, self._warden)
        try:
            while child.exit_status() is None:
                self.stop.pause(0.05)
            status = child.exit_status()
        finally:
            child.stop()
        if status:
            raise StepFailedError(
                f"{name} ended with status {status}; {program.log} ends so:\n{tail(program.log)}"
            )

    def ask_python(self, name: str, *arguments: str) -> str:
        """Return what a short Python command writes to its standard output. Raises StepFailedError."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as errors:
            done = subprocess.run(  # noqa: S603  # commands are put together by us
                (sys.executable, *arguments),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,  # the terminal's Ctrl-C is for the supervisor alone
                check=False,
            )
        if done.returncode:
            raise StepFailedError(f"{name} ended with status {done.returncode}; {log} ends so:\n{tail(log)}")
        return done.stdout

    def wait_until(self, what: str, condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
        """Wait for `condition`, looking after the programs meanwhile.

        Raises StepFailedError when it does not come true in time, StopRequestedError, ProgramFailedError.
        """

        def tended() -> bool:
            self.keeper.tend()
            return condition()

        if not self.stop.wait_for(tended, seconds, pause=0.3):
            raise StepFailedError(f"expected {what} within {seconds:.0f} s, waited in vain; see {self._logs}")

    def _program(self, name: str, command: tuple[str, ...]) -> Program:
        return Program(name, command, dict(self.environment), fresh_log(self._logs, name))


def tail(log: Path) -> str:
    """Return the last lines of a log that hold text, indented."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])
