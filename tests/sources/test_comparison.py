"""Two captures of one publication beside each other: what is told of each."""

from __future__ import annotations

from sources.comparison import TOLD
from sources.models import Capture


def test_status_is_that_of_the_last_answer_from_the_final_address() -> None:
    """A challenge comes first, and then the page, from one address."""
    page = "https://courier.example/roof"
    exchanges = [
        {"url": page, "status": 403},
        {"url": page, "status": 200},
        {"url": "https://courier.example/roof.png", "status": 404},
    ]
    assert TOLD["Status"](Capture(final_url=page, facts={"exchanges": exchanges})) == "200"
