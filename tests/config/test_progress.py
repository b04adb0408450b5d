"""What is seen while an instance starts."""

import io

import pytest

from config.supervision.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_step_says_how_long_it_took() -> None:
    out = io.StringIO()
    with Progress(out).step("Tables"):
        pass
    assert out.getvalue().split() == ["✓", "Tables", "0.0", "s"]


def test_a_step_that_fails_says_so() -> None:
    out = io.StringIO()
    with pytest.raises(KeyError), Progress(out).step("Tables"):
        raise KeyError
    assert out.getvalue() == "✗ Tables\n"


def test_a_bar_is_replaced_on_a_terminal() -> None:
    out = Terminal()
    Progress(out).bar("captures", 1, 2)
    assert "\n" not in out.getvalue()
    assert out.getvalue().endswith("1/2")


def test_a_bar_without_a_terminal_is_written_when_it_changes() -> None:
    out = io.StringIO()
    progress = Progress(out)
    for done in (1, 1, 2):
        progress.bar("captures", done, 2)
    assert len(out.getvalue().splitlines()) == 2


def test_nothing_to_do_is_a_full_bar() -> None:
    out = io.StringIO()
    Progress(out).bar("captures", 0, 0)
    assert "·" not in out.getvalue()
