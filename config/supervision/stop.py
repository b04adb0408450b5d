"""The wish to stop, noted when a signal brings it and obeyed where it does no harm."""

import signal
import time
from collections.abc import Callable
from types import FrameType

from config.supervision.errors import StopRequestedError

BEAT_SECONDS = 0.1  # how long a wish may go unnoticed


class StopRequest:
    """Notes SIGINT, SIGTERM and SIGHUP. To raise from a handler could cut a start in two."""

    def __init__(self) -> None:
        self.requested = False

    def listen(self) -> None:
        """Take over the three signals."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def pause(self, seconds: float = BEAT_SECONDS) -> None:
        """Wait. Raises StopRequestedError as soon as a stop is asked for."""
        end = time.monotonic() + seconds
        while not self.requested and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, BEAT_SECONDS))
        if self.requested:
            raise StopRequestedError("asked to stop")

    def wait_for(self, condition: Callable[[], bool], seconds: float, pause: float = BEAT_SECONDS) -> bool:
        """Ask `condition` until it holds or `seconds` have passed; tell whether it held.

        Raises StopRequestedError as soon as a stop is asked for.
        """
        deadline = time.monotonic() + seconds
        while not (holds := condition()) and time.monotonic() < deadline:
            self.pause(pause)
        return holds

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
