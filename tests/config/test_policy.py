"""What browsers are told they may do, and where the exceptions end."""

import base64
import hashlib
import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def policy(client: Client, path: str) -> dict[str, str]:
    header = client.get(path)["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


def test_pages_of_ours_know_no_exception(client: Client) -> None:
    found = policy(client, "/login/")
    assert found["default-src"] == found["script-src"] == found["style-src"] == "'self'"
    assert found["object-src"] == found["base-uri"] == found["frame-ancestors"] == "'none'"


def test_a_page_that_is_not_there_knows_no_exception(client: Client) -> None:
    assert policy(client, "/admin-or-so/")["script-src"] == "'self'"


def test_the_admin_may_evaluate_expressions_but_not_inline_scripts(admin_client: Client) -> None:
    assert policy(admin_client, "/admin/")["script-src"] == "'self' 'unsafe-eval'"


@pytest.mark.parametrize("path", ["/admin/", "/api/v1/docs/"])
def test_the_inline_styles_of_libraries_are_those_allowed(admin_client: Client, path: str) -> None:
    page = admin_client.get(path).content.decode()
    (style,) = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy(admin_client, path)["style-src"]
