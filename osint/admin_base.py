"""What the admin pages of all floors share: they call the services, or they only show."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Field, URLField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from osint.errors import SightlineError
from osint.models import Record, User

R = TypeVar("R", bound=Record)


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Shows rows and changes none: evidence, and the record of changes."""

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
