"""Why an instance cannot run. Each message is one line for the person at the keyboard."""


class SupervisionError(Exception):
    """The instance cannot start or go on."""

    code = "supervision"


class WrongSettingError(SupervisionError):
    """A variable that `make run` itself reads cannot be read."""

    code = "wrong_setting"


class AlreadyRunningError(SupervisionError):
    """Another instance runs in this checkout."""

    code = "already_running"


class PortTakenError(SupervisionError):
    """Another program listens where we want to."""

    code = "port_taken"


class ServiceUnreachableError(SupervisionError):
    """A service that was named in the environment does not answer."""

    code = "service_unreachable"


class StepFailedError(SupervisionError):
    """A command of the start ended with an error; the message names its log."""

    code = "step_failed"


class ProgramFailedError(SupervisionError):
    """A program ended too often to be started again."""

    code = "program_failed"


class StopRequestedError(SupervisionError):
    """Someone asked for an orderly stop while something was being waited for."""

    code = "stop_requested"
