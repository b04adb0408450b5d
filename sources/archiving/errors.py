"""What can go wrong while a page is fetched and preserved.

Every error has a stable ``code`` (for records and interfaces) and says whether trying again later
could help (``permanent`` is False) or not.
"""

from __future__ import annotations


class ArchivingError(Exception):
    """The root of the tree. ``detail`` says what was expected and what was met."""

    code = "archiving_failed"
    permanent = True

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class AddressRefusedError(ArchivingError):
    """The host or port is not one that may be fetched."""

    code = "address_refused"


class UnsupportedUrlError(ArchivingError):
    """The text is not an http or https URL that can be requested."""

    code = "unsupported_url"


class EgressError(ArchivingError):
    """The way out itself is missing, unreachable, busy, or would not serve the fetcher."""

    code = "egress_failed"
    permanent = False


class DnsError(ArchivingError):
    """The host name has no address at present."""

    code = "dns_failed"
    permanent = False


class ConnectError(ArchivingError):
    """No connection could be made, or it broke."""

    code = "connect_failed"
    permanent = False


class TlsError(ArchivingError):
    """The peer could not prove that it is the host that was asked for."""

    code = "tls_failed"


class DeadlineError(ArchivingError):
    """The connect, idle or total time allowed has passed."""

    code = "deadline_passed"
    permanent = False


class HttpProtocolError(ArchivingError):
    """The answer is not HTTP/1.x as RFC 9112 describes it."""

    code = "http_protocol"


class TooManyRedirectsError(ArchivingError):
    """The redirects did not end within the number allowed."""

    code = "too_many_redirects"


class UnsupportedCodingError(ArchivingError):
    """The body carries a content coding that was not offered and cannot be decoded."""

    code = "unsupported_coding"


class DecodedTooLargeError(ArchivingError):
    """The body decodes to more bytes than allowed."""

    code = "decoded_too_large"


class BodyUndecodableError(ArchivingError):
    """The body is not what its content coding says."""

    code = "body_undecodable"
