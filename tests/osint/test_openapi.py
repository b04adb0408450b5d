"""The description of the API, and the page to read it on."""

from __future__ import annotations

import re
from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from openapi_spec_validator import validate

from tests import cast
from tests.clients import API, client_of


@pytest.mark.no_cover  # being traced it takes twice as long
def test_description_is_generated_without_a_warning(db: None) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


@pytest.mark.no_cover  # likewise
def test_description_is_valid_openapi(team: cast.Team) -> None:
    document = yaml.safe_load(client_of(team.viewer).get(f"{API}/schema/").content)

    validate(document)
    assert document["openapi"].startswith("3.1")


def test_page_asks_nothing_of_other_hosts(team: cast.Team) -> None:
    page = client_of(team.viewer).get(f"{API}/docs/").content.decode()

    addresses = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)


def test_script_of_the_page_asks_nothing_of_other_hosts(team: cast.Team) -> None:
    script = client_of(team.viewer).get(f"{API}/docs/?script=").content.decode()

    assert "SwaggerUIBundle" in script
    assert not re.findall(r"https?://(?!testserver)", script)
