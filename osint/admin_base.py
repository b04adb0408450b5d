"""What the admin pages of all floors share: they call the services, or they only show."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Field, JSONField, URLField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from osint.errors import SightlineError
from osint.models import Record, User

R = TypeVar("R", bound=Record)


def as_text(name: str) -> Callable[[Any], str]:
    """A column that shows a JSON field as indented text: the theme would colour it with styles of its own, which
    the content policy refuses."""

    def shown(record: Any) -> str:
        text = json.dumps(getattr(record, name), indent=2, ensure_ascii=False)
        return format_html('<pre class="whitespace-pre-wrap break-words">{}</pre>', text)

    shown.__name__ = name
    return admin.display(description=name)(shown)


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Shows rows and changes none: evidence, and the record of changes."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        columns = {field.name: field for field in self.model._meta.fields}
        names = self.fields or columns
        return [as_text(name) if isinstance(columns.get(name), JSONField) else name for name in names]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceAdmin(ModelAdmin, Generic[R]):  # type: ignore[misc]  # unfold has no types
    """Writes through services: subclasses say which one adds and which one changes. Nothing is deleted."""

    def add(self, actor: User, values: dict[str, Any]) -> R:
        """Call the service that makes a row."""
        raise NotImplementedError

    def change(self, actor: User, record: R, values: dict[str, Any]) -> R:
        """Call the service that changes a row."""
        raise NotImplementedError

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """An address typed without its scheme is one of HTTPS."""
        if isinstance(db_field, URLField):
            options["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: R, form: ModelForm[Any], change: bool) -> None:
        """Hand the form's values to a service; what Django does afterwards sees the row that it made."""
        actor = cast("User", request.user)
        if change:
            values = {name: form.cleaned_data[name] for name in form.changed_data}
            self.change(actor, obj, values)
        else:
            obj.pk = self.add(actor, dict(form.cleaned_data)).pk
            obj._state.adding = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What a service refuses is said on the page rather than being a fault."""
        try:
            shown = super().changeform_view(request, object_id, form_url, extra_context)
        except (SightlineError, ValidationError) as error:
            self.message_user(request, "; ".join(getattr(error, "messages", [str(error)])), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return cast("HttpResponse", shown)
