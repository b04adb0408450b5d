"""What all pages share: who asks, about which case, where they are, and what else there is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.generic import TemplateView, View

from osint import navigation
from osint.access import get_investigation_for, require_role, role_in
from osint.errors import ConflictError
from osint.models import Investigation, Role, User
from osint.pages.forms import PageForm


@dataclass(frozen=True)
class Crumb:
    """One step of the way to a page."""

    label: str
    url: str


class PersonView(LoginRequiredMixin, View):
    """Base of all views but the log-in: asks who is there."""

    @property
    def actor(self) -> User:
        """The person asking."""
        user = self.request.user
        # A session's user is a lazy proxy; services want the model itself.
        return cast("User", user._wrapped if isinstance(user, SimpleLazyObject) else user)


class Page(PersonView, TemplateView):
    """Base of the pages outside cases."""


class CaseView(PersonView):
    """Base of what happens in a case. Outside the reader's cases nothing exists."""

    #: Who may be here at all; services check again what is done here.
    role: ClassVar[Role] = Role.VIEWER

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            require_role(self.actor, self.investigation, self.required_role())
        return super().dispatch(request, *args, **kwargs)

    def required_role(self) -> Role:
        """The role this request needs."""
        return self.role

    @cached_property
    def investigation(self) -> Investigation:
        """The case in the address. Raises NotFoundError for an outsider."""
        return get_investigation_for(self.actor, self.kwargs["slug"])

    def address(self, name: str, **kwargs: Any) -> str:
        """The address of another page of this case."""
        return reverse(name, kwargs={"slug": self.investigation.slug, **kwargs})


class CasePage(CaseView, TemplateView):
    """Base of the pages of a case."""

    title: ClassVar[str] = ""

    def crumbs(self) -> list[Crumb]:
        """The way here from the case, without the page itself."""
        return []

    def heading(self) -> str:
        """What the page is about, as its title says."""
        return self.title

    def twin(self) -> str | None:
        """Where the API has the same, if it does."""
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        match = self.request.resolver_match
        role = role_in(self.actor, self.investigation) or Role.VIEWER
        return super().get_context_data(
            **{
                "case": self.investigation,
                "title": self.heading(),
                "crumbs": self.crumbs(),
                "navigation": navigation.links(self.investigation.slug, match.url_name if match else None),
                "role": role,
                "may_research": role.includes(Role.RESEARCHER),
                "may_review": role.includes(Role.REVIEWER),
                "twin": self.twin(),
            }
            | kwargs
        )


class CaseFormPage(CasePage):
    """A page with one form: what was typed stays until a service has accepted it."""

    role = Role.RESEARCHER
    form_class: ClassVar[type[PageForm]]

    def get_form(self, data: Any = None) -> PageForm:
        """The form, unbound or with what was sent."""
        return self.form_class(data)

    def save(self, form: PageForm) -> str:
        """Call the service with the form's values; returns where to go next. Raises what services raise."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self.get_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if form.is_valid() and (address := self._attempt(form)):
            return HttpResponseRedirect(address)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _attempt(self, form: PageForm) -> str | None:
        try:
            return self.save(form)
        except ValidationError as error:
            form.add_problems(error)
        except ConflictError as error:
            form.add_error(None, error.detail)
        return None
