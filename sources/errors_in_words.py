"""What went wrong with a capture, in words for the person who asked: what happened, and what to do about it.

The codes are those of `sources.archiving`, of verdicts that are no success (with `_` for a space), and of jobs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Two sentences: what happened, and what to do."""

    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


LATER = "It is tried again by itself a few times; if that does not help, try again later."
BY_HAND = "Open it in your own browser: if you can see it there, save it and upload the file."
ASK_ADMIN = "Ask whoever runs this instance; there is nothing wrong with the address."

WORDS = {
    # addresses
    "unsupported_url": Words(
        "This is no address of a web page.", "It should begin with http:// or https://."
    ),
    "address_refused": Words(
        "The address leads to a machine or port that may not be fetched, such as one inside a private network.",
        "Check the address; if it is right, upload what you hold instead.",
    ),
    "dns_failed": Words("The name of the host is not known.", f"Check its spelling. {LATER}"),
    # connections
    "connect_failed": Words("The server could not be reached, or broke the connection off.", LATER),
    "deadline_passed": Words("The server took longer than is allowed.", LATER),
    "tls_failed": Words(
        "The server could not prove that it is the one that was asked for: its certificate is wrong or expired.",
        "Nothing was fetched, since anybody could have answered. Check the address, or upload what you hold.",
    ),
    "http_protocol": Words("The server's answer was not understandable.", BY_HAND),
    "too_many_redirects": Words("The address leads from one redirect to the next without end.", BY_HAND),
    "unsupported_coding": Words("The answer is packed in a way that cannot be unpacked.", BY_HAND),
    "decoded_too_large": Words("The answer unpacks to more than is allowed.", "The server may mean harm."),
    "body_undecodable": Words("The answer is damaged: it cannot be unpacked.", LATER),
    "egress_failed": Words("The guarded way out of this instance did not work.", ASK_ADMIN),
    # methods
    "archiving_failed": Words("The publication could not be preserved.", LATER),
    "browser_crashed": Words(
        "The page brought the browser down.", f"{LATER} The HTTP method may fare better."
    ),
    "browser_failed": Words("The browser could not show the page.", LATER),
    "browser_no_answer": Words("The page kept the browser too busy to answer.", "Try the HTTP method."),
    "browser_command_refused": Words("The browser refused a step of the work.", LATER),
    "browser_unavailable": Words("There is no browser on the archiver's machine.", "Try the HTTP method."),
    "extractor_crashed": Words("The media downloader broke down over this page.", LATER),
    "media_failed": Words("The media downloader did not get the media.", f"{LATER} {BY_HAND}"),
    "unclear_answer": Words("It was not clear what the address holds.", LATER),
    "examiner_failed": Words("What was kept could not be examined.", f"It is kept all the same. {ASK_ADMIN}"),
    "upload_changed": Words("The uploaded file is not what was received.", "Upload it again."),
    "media_unsupported": Words("The media downloader knows no media at this address.", "Try another method."),
    "upload_gone": Words("The uploaded file is not there any more.", "Upload it again."),
    # verdicts
    "login_wall": Words("The site wants a log-in before it shows this.", BY_HAND),
    "consent_wall": Words(
        "The site showed only a request for consent.", f"Try the browser method. {BY_HAND}"
    ),
    "gone": Words(
        "The publication is not there any more.", "Look for a copy in a public web archive, and log that."
    ),
    "blocked": Words("The site turned the archiver away.", BY_HAND),
    "truncated": Words("The answer was cut off, so the publication is not preserved whole.", LATER),
    "empty": Words("The page holds nothing to preserve.", "It may need scripts: try the browser method."),
    # jobs
    "storage_failed": Words("The archive's disk did not take the bytes.", f"{LATER} {ASK_ADMIN}"),
    "archiver_fault": Words("The archiver met a fault of its own.", f"It is tried again. {ASK_ADMIN}"),
    "worker_lost": Words("The archiver's process died over this.", "It is tried again by itself."),
    "quarantined": Words(
        "This capture ended the archiver's process again and again, and was set aside.",
        "An admin of the case can look into it and release it.",
    ),
    "cancelled": Words("Somebody cancelled this.", "Ask again if it is wanted after all."),
}

UNKNOWN = Words(
    "Something went wrong that has no words yet.", "The code and detail say more to a technician."
)


def in_words(code: str) -> Words | None:
    """The words for an error's code; None where there is no error."""
    return WORDS.get(code, UNKNOWN) if code else None
