"""What can go wrong with services that the project starts itself."""


class EmbeddedServiceError(Exception):
    """An embedded service could not be made ready; the message says expected and actual."""

    code = "embedded_service"


class ServiceStartError(EmbeddedServiceError):
    """A service did not come up in time; the message names its log."""

    code = "service_start"


class ServiceStopError(EmbeddedServiceError):
    """A service is still there although it was killed."""

    code = "service_stop"


class BinaryUnavailableError(EmbeddedServiceError):
    """There is no executable for this platform, or it could not be fetched."""

    code = "binary_unavailable"
