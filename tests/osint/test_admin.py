"""The admin: it opens for those who may, writes through services, and shows evidence without changing it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from osint.models import ApiToken, Change, Membership, Record, Role, User
from osint.services.tokens import issue_token
from sightings.models import Equipment, Place
from sources.models import Owner, Ownership, Source, SourceRating
from sources.services.sources import add_owner
from tests import cast
from tests.deeds import names_of
from tests.records import actions_on, last_change

MODELS = sorted(
    (model for model in admin.site._registry if issubclass(model, Record | Change)),
    key=lambda model: model.__name__,
)
READ_ONLY = {"ApiToken", "Assignment", "Capture", "CaptureBatch", "Change", "Comment", "Derivation",
             "DerivationSuggestion", "Evidence", "Hypothesis", "HypothesisFit", "Invalidation",
             "Investigation", "Notice", "Publication", "Review", "ReviewCheck", "Sighting",
             "SightingRelation", "StoredFile"}  # fmt: skip
by_model = pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
STRONG = "a long and unlikely phrase"


@pytest.fixture
def desk(root: User) -> Client:
    """The browser of a superuser."""
    client = Client()
    client.force_login(root)
    return client


def page(model: Any, kind: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


@by_model
def test_list_opens(model: Any, desk: Client, team: cast.Team) -> None:
    names_of(team, team.admin)

    assert desk.get(page(model, "changelist")).status_code == 200


@by_model
def test_list_can_be_searched(model: Any, desk: Client, team: cast.Team) -> None:
    names_of(team, team.admin)

    assert desk.get(page(model, "changelist"), {"q": "roof"}).status_code == 200


@by_model
def test_row_opens(model: Any, desk: Client, team: cast.Team) -> None:
    names_of(team, team.admin)
    SourceRating.objects.create(
        source=Source.objects.get(), reliability="B", reason="Careful", rater=team.reviewer
    )

    assert desk.get(page(model, "change", model.objects.first().pk)).status_code == 200


@by_model
def test_row_is_added_where_that_is_allowed(model: Any, desk: Client) -> None:
    expected = 403 if model.__name__ in READ_ONLY else 200

    assert desk.get(page(model, "add")).status_code == expected


@by_model
def test_nothing_is_deleted(model: Any, desk: Client, team: cast.Team) -> None:
    names_of(team, team.admin)
    SourceRating.objects.create(
        source=Source.objects.get(), reliability="B", reason="Careful", rater=team.reviewer
    )

    assert desk.post(page(model, "delete", model.objects.first().pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model.__name__ in READ_ONLY], ids=lambda model: model.__name__
)
def test_evidence_and_record_are_not_edited(model: Any, desk: Client, team: cast.Team) -> None:
    names_of(team, team.admin)

    assert desk.post(page(model, "change", model.objects.first().pk), {"title": "x"}).status_code == 403


def test_others_are_sent_to_the_log_in(team: cast.Team) -> None:
    client = Client()
    client.force_login(team.admin)

    answer = client.get(reverse("admin:index"))

    assert answer["Location"].startswith(reverse("admin:login"))


def test_new_account_is_made_by_the_service(desk: Client, root: User) -> None:
    desk.post(page(User, "add"), {"username": "newcomer", "new_password": STRONG, "is_active": "on"})

    made = User.objects.get(username="newcomer")
    assert made.check_password(STRONG)
    assert (actions_on(made), last_change(made).actor) == (["user.created"], root)


def test_new_account_needs_a_password(desk: Client) -> None:
    answer = desk.post(page(User, "add"), {"username": "newcomer", "is_active": "on"})

    assert "A new account needs a password." in answer.content.decode()


def test_weak_password_is_refused_on_the_page(desk: Client) -> None:
    answer = desk.post(page(User, "add"), {"username": "newcomer", "new_password": "x"}, follow=True)

    assert "too short" in answer.content.decode()
    assert not User.objects.filter(username="newcomer").exists()


def test_changed_account_keeps_its_password(desk: Client, team: cast.Team) -> None:
    desk.post(
        page(User, "change", team.viewer.pk),
        {"username": team.viewer.username, "display_name": "Vera", "is_active": "on"},
    )

    changed = User.objects.get(pk=team.viewer.pk)
    assert (changed.display_name, changed.check_password(cast.PASSWORD)) == ("Vera", True)
    assert last_change(changed).new == {"display_name": "Vera"}


def test_account_gets_a_new_password(desk: Client, team: cast.Team) -> None:
    desk.post(
        page(User, "change", team.viewer.pk),
        {"username": team.viewer.username, "new_password": STRONG, "is_active": "on"},
    )

    assert User.objects.get(pk=team.viewer.pk).check_password(STRONG)
    assert last_change(team.viewer).action == "user.password_set"


def test_system_account_is_spared(desk: Client) -> None:
    system = User.objects.get(username="sightline")

    desk.post(page(User, "change", system.pk), {"username": "sightline", "is_active": "on"})

    assert not User.objects.get(pk=system.pk).is_active


def test_staff_make_no_superuser(team: cast.Team) -> None:
    clerk = cast.person("clerk", is_staff=True)
    clerk.user_permissions.add(*permissions_on("user"))
    client = Client()
    client.force_login(clerk)

    client.post(
        page(User, "add"),
        {"username": "newcomer", "new_password": STRONG, "is_active": "on", "is_superuser": "on"},
    )

    assert not User.objects.filter(username="newcomer").exists()


def test_role_is_changed_by_the_service(desk: Client, team: cast.Team) -> None:
    membership = Membership.objects.get(user=team.viewer)

    desk.post(page(Membership, "change", membership.pk), {"role": "researcher"})

    assert last_change(membership).new == {"role": "researcher"}


def test_last_admin_is_kept_on_the_page(desk: Client, team: cast.Team) -> None:
    membership = Membership.objects.get(user=team.admin)

    answer = desk.post(page(Membership, "change", membership.pk), {"role": "viewer"}, follow=True)

    assert "at least one admin" in answer.content.decode()
    assert Membership.objects.get(pk=membership.pk).role == Role.ADMIN


def test_person_is_let_in_by_the_service(desk: Client, team: cast.Team) -> None:
    desk.post(
        page(Membership, "add"),
        {"investigation": str(team.case.pk), "user": str(team.outsider.pk), "role": "viewer"},
    )

    assert actions_on(Membership.objects.get(user=team.outsider)) == ["membership.granted"]


def test_tokens_are_revoked_by_the_service(desk: Client, team: cast.Team) -> None:
    token, _ = issue_token(actor=team.viewer, name="scripts")

    desk.post(page(ApiToken, "changelist"), {"action": "revoke", "_selected_action": [str(token.pk)]})

    assert last_change(token).action == "token.revoked"


def test_source_is_entered_by_the_service(desk: Client) -> None:
    desk.post(page(Source, "add"), {"name": "Herald", "kind": "outlet"})

    assert actions_on(Source.objects.get(name="Herald")) == ["source.added"]


def test_source_is_rated_by_the_service(desk: Client, root: User) -> None:
    source = cast.source()

    desk.post(
        page(SourceRating, "add"),
        {"source": str(source.pk), "reliability": "C", "rated_on": "2023-01-19", "reason": "Mixed"},
    )

    assert (source.ratings.get().rater, last_change(source.ratings.get()).action) == (root, "source.rated")


def test_owner_is_entered_by_the_service(desk: Client) -> None:
    desk.post(page(Owner, "add"), {"name": "A trust", "kind": "foundation"})

    assert last_change(Owner.objects.get()).action == "owner.added"


def test_control_of_a_source_is_established_by_the_service(desk: Client, root: User) -> None:
    source, owner = cast.source(), add_owner(actor=root, name="A trust", kind="foundation")

    given = {"source": str(source.pk), "owner": str(owner.pk), "since": "2023-01-19", "reason": "Its imprint"}
    desk.post(page(Ownership, "add"), given)

    held = Ownership.objects.get()
    assert (held.owner, held.established_by) == (owner, root)
    assert last_change(held).action == "source.owned"


def test_equipment_is_entered_with_its_names(desk: Client) -> None:
    desk.post(
        page(Equipment, "add"),
        {"slug": "s-400", "name": "S-400", "kind": "type", "further_names": "С-400 Триумф\nSA-21"},
    )

    names = Equipment.objects.get().aliases.values_list("name", flat=True)
    assert set(names) == {"S-400", "С-400 Триумф", "SA-21"}


def test_place_is_corrected_by_the_service(desk: Client) -> None:
    place = cast.place()

    desk.post(
        page(Place, "change", place.pk),
        {"slug": place.slug, "name": "The north roof", "latitude": "55.7278", "longitude": "37.5919",
         "radius_m": "150"},
    )  # fmt: skip

    assert last_change(place).new == {"name": "The north roof"}


def permissions_on(model: str) -> Any:
    return Permission.objects.filter(content_type__model=model)
