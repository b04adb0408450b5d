"""What the API's views share: the case they are about, the actor, and how they answer."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, cast

from django.db.models import Model, QuerySet
from django.utils.functional import SimpleLazyObject
from django_filters import FilterSet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from osint.access import get_investigation_for
from osint.api.negotiation import OneShape
from osint.models import Investigation, User


class ApiView(GenericViewSet[Any]):
    """Base of all views: parse, fetch through an access function, call a service, serialise.

    Subclasses name the `output_class` and override `rows()`; every write they offer is a method of its own
    that calls one service.
    """

    output_class: ClassVar[type[serializers.BaseSerializer[Any]]]
    filterset_class: type[FilterSet] | None = None
    content_negotiation_class = OneShape
    lookup_field = "pk"
    lookup_value_converter = "uuid"

    @property
    def actor(self) -> User:
        """The person or program asking."""
        user = self.request.user
        # A session's user is a lazy proxy; services want the model itself.
        return cast("User", user._wrapped if isinstance(user, SimpleLazyObject) else user)

    def rows(self) -> QuerySet[Any]:
        """The rows this user may reach, through an access function."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset_model._default_manager.none()
        return self.rows()

    #: The model behind `rows()`, for the schema generator, which has no user to ask for.
    queryset_model: ClassVar[type[Model]]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return self.output_class

    def parsed(self, input_class: type[serializers.Serializer[Any]], **options: Any) -> dict[str, Any]:
        """The validated body. Raises DRF's ValidationError with the fields that are wrong."""
        parser = input_class(data=self.request.data, context=self.get_serializer_context(), **options)
        parser.is_valid(raise_exception=True)
        return cast("dict[str, Any]", parser.validated_data)

    def listed(self) -> Response:
        """One page of the filtered rows."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def shown(self, record: Model, code: int = status.HTTP_200_OK) -> Response:
        """One object."""
        return Response(self.get_serializer(record).data, status=code)

    def created(self, record: Model) -> Response:
        """One object, just made."""
        return self.shown(record, status.HTTP_201_CREATED)


class CaseView(ApiView):
    """Base of the views under `/investigations/{slug}/`: outside the user's cases nothing exists."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.investigation  # noqa: B018  # an outsider gets 404 before the body is even looked at

    @cached_property
    def investigation(self) -> Investigation:
        """The case in the address. Raises NotFoundError for an outsider."""
        return get_investigation_for(self.actor, self.kwargs["slug"])
