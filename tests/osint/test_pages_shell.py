"""The shell of the pages: who gets in, what every page carries, how errors look."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from osint.errors import ConflictError, ForbiddenError
from osint.pages.errors import ErrorPagesMiddleware, csrf_failure, permission_denied, server_error
from tests import cast

pytestmark = pytest.mark.django_db

PLACES = ["home", "case", "changes"]


def address(name: str, slug: str = "roofs") -> str:
    return reverse(name, kwargs={} if name == "home" else {"slug": slug})


def without_token(page: bytes) -> str:
    """The page without what differs at every request: the token against forged forms."""
    return re.sub(r"[A-Za-z0-9]{64}", "", page.decode())


@pytest.mark.parametrize("name", PLACES)
def test_a_stranger_is_sent_to_the_log_in(client: Client, name: str) -> None:
    cast.team()
    answer = client.get(address(name))
    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next={address(name)}"


@pytest.mark.parametrize("name", PLACES)
def test_a_viewer_may_read(client: Client, name: str) -> None:
    client.force_login(cast.team().viewer)
    assert client.get(address(name)).status_code == 200


def test_another_teams_case_looks_like_a_missing_one(client: Client) -> None:
    client.force_login(cast.team().outsider)
    hidden, missing = client.get(address("case")), client.get(address("case", "nowhere"))
    assert hidden.status_code == missing.status_code == 404
    assert without_token(hidden.content) == without_token(missing.content)


def test_the_home_page_lists_only_ones_own_cases(client: Client) -> None:
    team = cast.team("mine")
    cast.team("theirs")
    client.force_login(team.viewer)
    page = client.get("/").content.decode()
    assert "The case of mine" in page
    assert "The case of theirs" not in page


def test_somebody_without_a_case_is_told_what_to_do(client: Client) -> None:
    client.force_login(cast.team().outsider)
    assert "Ask the admin of a case" in client.get("/").content.decode()


def test_logging_in_leads_to_the_page_asked_for(client: Client) -> None:
    team = cast.team()
    sent = {"username": team.viewer.username, "password": cast.PASSWORD, "next": address("changes")}
    assert client.post("/login/", sent)["Location"] == address("changes")


def test_a_wrong_password_is_said_on_top_of_the_form(client: Client) -> None:
    team = cast.team()
    page = client.post("/login/", {"username": team.viewer.username, "password": "wrong"}).content.decode()
    assert "There is a problem" in page
    assert f'value="{team.viewer.username}"' in page


def test_logging_out_ends_the_session(client: Client) -> None:
    client.force_login(cast.team().viewer)
    client.post("/logout/")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("name", PLACES)
def test_no_page_carries_inline_style_or_script(client: Client, name: str) -> None:
    client.force_login(cast.team().viewer)
    page = client.get(address(name)).content.decode()
    assert "style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
    assert " onclick" not in page


@pytest.mark.parametrize("name", PLACES)
def test_every_page_names_its_twin_in_the_api(client: Client, name: str) -> None:
    client.force_login(cast.team().viewer)
    answer = client.get(address(name))
    twin = answer.context["twin"]
    assert f'<link rel="alternate" type="application/json" href="{twin}">' in answer.content.decode()
    assert client.get(twin).status_code == 200


def test_the_navigation_says_where_one_is(client: Client) -> None:
    client.force_login(cast.team().viewer)
    here = [link.label for link in client.get(address("changes")).context["navigation"] if link.is_current]
    assert here == ["Changes"]


def test_an_unknown_address_of_the_api_gets_problem_details(client: Client) -> None:
    answer = client.get("/api/v1/nothing-here/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_page_gets_a_page(client: Client) -> None:
    answer = client.get("/nothing-here/")
    assert answer.status_code == 404
    assert "There is no such thing here" in answer.content.decode()


def test_a_forbidden_thing_says_which_role_it_needs(rf: RequestFactory) -> None:
    answer = ErrorPagesMiddleware(lambda request: None).process_exception(  # type: ignore[arg-type, return-value]  # never called
        rf.get("/cases/roofs/"), ForbiddenError("This needs the role reviewer.")
    )
    assert answer is not None
    assert answer.status_code == 403
    assert "This needs the role reviewer." in answer.content.decode()


def test_a_conflict_says_what_stands_against_it(rf: RequestFactory) -> None:
    answer = ErrorPagesMiddleware(lambda request: None).process_exception(  # type: ignore[arg-type, return-value]  # never called
        rf.get("/cases/roofs/"), ConflictError("Somebody was quicker.")
    )
    assert answer is not None
    assert answer.status_code == 409
    assert "Somebody was quicker." in answer.content.decode()


@pytest.mark.parametrize(("path", "error"), [("/api/v1/x", ConflictError()), ("/cases/x/", ValueError())])
def test_errors_of_the_api_and_faults_are_left_alone(rf: RequestFactory, path: str, error: Exception) -> None:
    middleware = ErrorPagesMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]  # never called
    assert middleware.process_exception(rf.get(path), error) is None


def test_a_fault_is_a_page_for_people_and_a_problem_for_programs(rf: RequestFactory) -> None:
    page, problem = server_error(rf.get("/cases/x/")), server_error(rf.get("/api/v1/x"))
    assert page.status_code == problem.status_code == 500
    assert "What you sent just now was not saved" in page.content.decode()
    assert problem["Content-Type"] == "application/problem+json"


def test_a_form_that_is_too_old_is_refused_in_words(rf: RequestFactory) -> None:
    answer = csrf_failure(rf.post("/logout/"))
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_djangos_own_refusal_is_a_page(rf: RequestFactory) -> None:
    assert permission_denied(rf.get("/x/"), ValueError()).status_code == 403


def test_pages_that_name_no_icon_have_one_all_the_same(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/osint/favicon.svg")
