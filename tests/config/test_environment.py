"""Reading variables: right values, wrong values, and what is said of them."""

from pathlib import Path

import pytest

from config.environment import Environment, Problem


def read(**values: str) -> Environment:
    return Environment(values)


def test_an_unset_variable_gives_the_default() -> None:
    assert read().integer("N", 7) == 7


def test_an_empty_variable_gives_the_default() -> None:
    assert read(N=" ").integer("N", 7) == 7


@pytest.mark.parametrize("word", ["1", "true", "YES", "On"])
def test_words_for_true(word: str) -> None:
    assert read(F=word).flag("F", default=False) is True


@pytest.mark.parametrize("word", ["0", "False", "no", "OFF"])
def test_words_for_false(word: str) -> None:
    assert read(F=word).flag("F", default=True) is False


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("1.5m", 90), ("2 h", 7200), ("1d", 86400), ("250ms", 0.25)],
)
def test_durations_are_seconds(text: str, seconds: float) -> None:
    assert read(D=text).seconds("D", 1) == seconds


def test_lists_are_split_at_commas_without_empty_parts() -> None:
    assert read(L=" a.test, ,b.test,").items("L") == ["a.test", "b.test"]


def test_a_relative_path_counts_from_the_base() -> None:
    assert read(P="data/x").path("P", Path("/d"), base=Path("/base")) == Path("/base/data/x")


def test_endpoints_are_host_and_port() -> None:
    found = read(E="127.0.0.1:8765, [::1]:80").endpoints("E")
    assert found == {("127.0.0.1", 8765), ("::1", 80)}


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "host:", ":80", "host:99999", "host:0", "http://h:80", "u@h:80", "h:80/x"]
)
def test_a_malformed_endpoint_is_a_problem(text: str) -> None:
    environment = read(E=text)
    assert environment.endpoints("E") == frozenset()
    assert environment.problems == [Problem("E", text, "comma-separated host:port pairs")]


@pytest.mark.parametrize("text", ["x", "1.5", "-1"])
def test_a_wrong_number_is_a_problem_and_gives_the_default(text: str) -> None:
    environment = read(N=text)
    assert environment.integer("N", 7) == 7
    assert environment.problems == [Problem("N", text, "a whole number ≥ 0")]


def test_a_wrong_duration_is_a_problem() -> None:
    environment = read(D="soon")
    assert environment.seconds("D", 5) == 5
    assert environment.problems[0].value == "soon"


def test_a_wrong_address_never_shows_its_password() -> None:
    environment = read(U="mysql://me:hunter2@db.test/x")
    assert environment.address("U", "", schemes=["postgresql"]) == ""
    assert environment.problems == [Problem("U", None, "a URL beginning with postgresql://")]


def test_an_impossible_port_in_an_address_is_a_problem() -> None:
    environment = read(U="redis://db.test:notaport/0")
    assert environment.address("U", "", schemes=["redis"]) == ""
    assert len(environment.problems) == 1


@pytest.mark.parametrize("text", ["0", "65536", "http"])
def test_an_impossible_port_is_a_problem(text: str) -> None:
    environment = read(P=text)
    assert environment.port("P", 8000) == 8000
    assert environment.problems == [Problem("P", text, "a port between 1 and 65535")]
