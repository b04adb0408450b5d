"""Waiting for processes, our own and those we only found."""

import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil  # type: ignore[import-untyped]  # ships no types

# Which signal, and how many seconds it is given.
Ladder = Sequence[tuple[signal.Signals, float]]


def wait_for(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Ask `condition` until it holds or `seconds` have passed; tell whether it held."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
    return holds


def find_process(pid: int) -> psutil.Process | None:
    """Return the living process of that number; None when there is none."""
    try:
        process = psutil.Process(pid)
    except psutil.Error:
        return None
    return None if is_gone(process) else process


def is_gone(process: psutil.Process) -> bool:
    """Tell whether a process has ended; one that nobody has reaped counts as ended."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def end_process(process: psutil.Process, ladder: Ladder) -> bool:
    """Send the signals of `ladder` until the process and what it started are gone; tell whether they are."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return True
    return any(signal_and_wait(process, family, number, seconds) for number, seconds in ladder)


def signal_and_wait(
    process: psutil.Process, family: Sequence[psutil.Process], number: signal.Signals, seconds: float
) -> bool:
    """Signal `process` and tell whether all of `family` is gone after at most `seconds`."""
    with suppress(psutil.Error):
        process.send_signal(number)
    return wait_for(lambda: all(is_gone(member) for member in family), seconds)
