"""Shapes of people, cases and tokens in the API: what goes out, and apart from it what comes in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from osint.api.fields import NamedField
from osint.models import ApiToken, Change, Investigation, Membership, Role, User
from osint.models.investigations import slug_validator


class PersonSerializer(serializers.ModelSerializer[User]):
    """Somebody, as others on the same case see them."""

    name = serializers.CharField(source="get_full_name", read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "name")
        read_only_fields = fields


class InvestigationSerializer(serializers.ModelSerializer[Investigation]):
    class Meta:
        model = Investigation
        fields = ("id", "slug", "title", "summary", "created_at", "updated_at")
        read_only_fields = fields


class InvestigationInput(serializers.Serializer[Any]):
    slug = serializers.CharField(max_length=80, validators=[slug_validator])
    title = serializers.CharField(max_length=200)
    summary = serializers.CharField(allow_blank=True, required=False)


class InvestigationChange(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    summary = serializers.CharField(allow_blank=True, required=False)


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    user = PersonSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "user", "role", "created_at")
        read_only_fields = fields


class MembershipInput(serializers.Serializer[Any]):
    username = NamedField(slug_field="username", queryset=User.objects.filter(is_active=True), source="user")
    role = serializers.ChoiceField(choices=Role.choices)


class MembershipChange(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    investigation = serializers.SlugRelatedField[Investigation](slug_field="slug", read_only=True)

    class Meta:
        model = ApiToken
        fields = ("id", "name", "prefix", "investigation", "expires_at", "revoked_at", "last_used_at")
        read_only_fields = fields


class TokenInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    investigation = serializers.SlugField(
        required=False, help_text="Slug; the token then opens this case only."
    )
    days = serializers.IntegerField(min_value=1, max_value=366, default=90)


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(read_only=True, help_text="Shown this once.")

    class Meta:
        model = ApiToken
        fields = (*TokenSerializer.Meta.fields, "token")
        read_only_fields = fields


class ChangeSerializer(serializers.ModelSerializer[Change]):
    actor = PersonSerializer(read_only=True)

    class Meta:
        model = Change
        fields = ("id", "at", "actor", "action", "subject_type", "subject_id", "old", "new")
        read_only_fields = fields
