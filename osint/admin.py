"""The admin of people, roles and tokens, and the record of changes to read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminPasswordWidget

from osint.admin_base import ReadOnlyAdmin, ServiceAdmin
from osint.models import (
    ApiToken,
    Assignment,
    Change,
    Comment,
    Investigation,
    Membership,
    Notice,
    Role,
    User,
)
from osint.services import investigations, people, tokens

admin.site.unregister(Group)  # roles are memberships of investigations; groups would be a second answer


class UserForm(forms.ModelForm[User]):
    """An account, with a field to give it a password that is never shown again."""

    new_password = forms.CharField(
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        required=False,
        help_text="Leave empty to keep the present one.",
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "email", "is_active", "is_staff", "is_superuser")

    def clean(self) -> dict[str, Any]:
        if self.instance._state.adding and not self.cleaned_data.get("new_password"):
            self.add_error("new_password", "A new account needs a password.")
        return self.cleaned_data


@admin.register(User)
class UserAdmin(ServiceAdmin[User]):
    form = UserForm
    list_display = ("username", "display_name", "email", "is_active", "is_staff", "last_login")
    search_fields = ("username", "display_name", "email")
    list_filter = ("is_active", "is_staff")

    def add(self, actor: User, values: dict[str, Any]) -> User:
        return people.create_user(actor=actor, password=values.pop("new_password"), **values)

    def change(self, actor: User, record: User, values: dict[str, Any]) -> User:
        if password := values.pop("new_password", ""):
            people.set_password(record, actor=actor, password=password)
        return people.change_user(record, actor=actor, **values)


class MembershipInline(admin.TabularInline[Membership, Investigation]):
    """Who works on the case; roles are changed on their own page."""

    model = Membership
    fields = ("user", "role")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Investigation)
class InvestigationAdmin(ReadOnlyAdmin):
    """Cases are opened and named by those who work on them."""

    list_display = ("title", "slug", "created_at")
    search_fields = ("title", "slug")
    fields = ("slug", "title", "summary", "created_at")
    inlines = (MembershipInline,)


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin[Membership]):
    list_display = ("investigation", "user", "role", "created_at")
    list_filter = ("role", "investigation")
    autocomplete_fields = ("user", "investigation")
    fields = ("investigation", "user", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("investigation", "user") if obj else ()

    def add(self, actor: User, values: dict[str, Any]) -> Membership:
        return investigations.grant_membership(
            values["investigation"], actor=actor, user=values["user"], role=Role(values["role"])
        )

    def change(self, actor: User, record: Membership, values: dict[str, Any]) -> Membership:
        return investigations.change_role(record, actor=actor, role=Role(values.get("role", record.role)))


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ("name", "prefix", "user", "investigation", "expires_at", "revoked_at", "last_used_at")
    search_fields = ("name", "prefix", "user__username")
    fields = ("user", "name", "prefix", "investigation", "expires_at", "revoked_at", "last_used_at")
    actions = ("revoke",)

    @admin.action(description="Revoke the selected tokens now")
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        for token in chosen.filter(revoked_at=None):
            tokens.revoke_token(token, actor=request.user)  # type: ignore[arg-type]  # staff, not anonymous


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "subject_type", "subject_id")
    list_filter = ("action", "subject_type")
    search_fields = ("subject_id", "investigation_id")
    fields = ("at", "actor", "action", "subject_type", "subject_id", "investigation_id", "old", "new")
    show_full_result_count = False


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """The texts of comments that stand; a withdrawn one is not shown here either."""

    list_display = ("created_at", "investigation", "author", "subject_type", "subject_id", "withdrawn_at")
    list_filter = ("subject_type", "investigation")
    search_fields = ("subject_id", "author__username")
    fields = (
        "investigation", "subject_type", "subject_id", "author", "shown_text", "created_at", "withdrawn_at",
    )  # fmt: skip
    show_full_result_count = False

    @admin.display(description="text")
    def shown_text(self, comment: Comment) -> str:
        return "" if comment.withdrawn_at else comment.text


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at", "investigation", "subject_type", "subject_id", "assignee", "assigned_by", "ended_at",
    )  # fmt: skip
    list_filter = ("subject_type", "investigation")
    search_fields = ("subject_id", "assignee__username")
    fields = (
        "investigation", "subject_type", "subject_id", "assignee", "assigned_by", "created_at", "ended_at",
    )  # fmt: skip
    show_full_result_count = False


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Who was told of what, and whether it was mailed; not in which words."""

    list_display = ("created_at", "recipient", "kind", "sender", "investigation", "read_at", "mailed_at")
    list_filter = ("kind", "investigation")
    search_fields = ("recipient__username", "subject_id")
    fields = (
        "investigation", "recipient", "sender", "kind", "subject_type", "subject_id", "created_at", "read_at",
        "mailed_at",
    )  # fmt: skip
    show_full_result_count = False
