"""Forms of reviewing: narrowing the queue, deciding, and giving a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet

from osint.models import Investigation, User
from osint.pages.forms import PageForm
from sightings.models import CheckAnswer, CheckMethod, CheckQuestion, Decision, Equipment, Sighting, Status
from sightings.pages.catalogue import branches
from sightings.pages.filters import ANY, equipment_in, places_in
from sightings.queue import CLAIMS, WAITING, claimed_as, own_work
from sightings.selectors import branch_ids
from sightings.services.reviews import VERDICTS

ALSO_OWN = [("", "By others"), ("true", "By anybody, me too")]
WHATEVER_WAITS = ("", "Whatever waits")
STATUSES = [(status.value, status.label) for status in Status if status != Status.DRAFT]

#: Each question of the checklist with the parts of its answer.
PARTS = ("answer", "method", "note", "checked_by")


class QueueFilter(PageForm):
    """What the queue can be narrowed by. The filter lives in the URL, and the API understands the same one."""

    title = forms.CharField(label="Words in the title", required=False, max_length=200)
    equipment = forms.ChoiceField(required=False)
    place = forms.ChoiceField(required=False)
    status = forms.ChoiceField(choices=[WHATEVER_WAITS, *STATUSES], required=False)
    flagged = forms.ChoiceField(
        choices=[ANY, ("true", "Contrary evidence came"), ("false", "Not flagged")], required=False
    )
    claim = forms.ChoiceField(label="Whose turn", choices=[ANY, *CLAIMS], required=False)
    also_own = forms.ChoiceField(label="Work", choices=ALSO_OWN, required=False)

    def __init__(self, investigation: Investigation, data: Any) -> None:
        super().__init__(data)
        self._offer("equipment", branches(set(equipment_in(investigation).values_list("pk", flat=True))))
        self._offer("place", places_in(investigation).order_by("name").values_list("slug", "name"))

    @property
    def is_active(self) -> bool:
        """Whether anything is narrowed or widened."""
        return any(self._given().values())

    def narrow(self, rows: QuerySet[Sighting], reader: User) -> QuerySet[Sighting]:
        """The rows that pass. A value that cannot be read narrows nothing: its field says so."""
        given = self._given()
        rows = rows.filter(status=given["status"]) if given.get("status") else rows.filter(WAITING)
        if not given.get("also_own"):
            rows = rows.exclude(own_work(reader))
        if given.get("flagged"):
            rows = rows.filter(flagged_at__isnull=given["flagged"] == "false")
        if given.get("claim"):
            rows = rows.filter(claimed_as(given["claim"], reader))
        return self._narrow_subject(rows, given)

    def query(self) -> str:
        """The same filter, for addresses of pages and of the API alike."""
        return urlencode({name: value for name, value in self._given().items() if value})

    def _narrow_subject(self, rows: QuerySet[Sighting], given: Mapping[str, Any]) -> QuerySet[Sighting]:
        if given.get("title"):
            rows = rows.filter(title__icontains=given["title"])
        if given.get("place"):
            rows = rows.filter(place__slug=given["place"])
        if given.get("equipment"):
            rows = rows.filter(equipment__in=branch_ids(Equipment.objects.get(slug=given["equipment"])))
        return rows

    def _given(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # tells the type checker what the class says
        field.choices = [ANY, *choices]


class DecisionForm(PageForm):
    """A decision, its reason, and the checklist."""

    problem_fields: ClassVar[dict[str, str]] = {
        f"checks.{question}": f"{question}_answer" for question in CheckQuestion.values
    }

    decision = forms.ChoiceField(widget=forms.RadioSelect)
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "data-keys": "w"}),
        help_text="What convinced you, and what did not. It stays on record with your name.",
    )

    def __init__(
        self, investigation: Investigation, reader: User, may_verify: bool, data: Any = None
    ) -> None:
        super().__init__(data)
        people = investigation.members.filter(is_active=True).order_by("display_name", "username")
        self._people = {person.username: person for person in people}
        for number, question in enumerate(CheckQuestion, start=1):
            self._ask(question, number, reader)
        offered = [verdict for verdict in VERDICTS if may_verify or verdict != Decision.VERIFIED]
        self._choice_field("decision").choices = [(verdict.value, verdict.label) for verdict in offered]

    def questions(self) -> list[tuple[CheckQuestion, list[forms.BoundField]]]:
        """Each question with the fields of its answer."""
        return [(question, [self[f"{question}_{part}"] for part in PARTS]) for question in CheckQuestion]

    def values(self) -> dict[str, Any]:
        """What the service takes: of the checklist, what was answered."""
        given = self.cleaned_data
        checks = [self._check(question) for question in CheckQuestion.values if given[f"{question}_answer"]]
        return {"decision": given["decision"], "reason": given["reason"], "checks": checks}

    def _check(self, question: str) -> dict[str, Any]:
        given = {part: self.cleaned_data[f"{question}_{part}"] for part in PARTS}
        return {**given, "question": question, "checked_by": self._people.get(given["checked_by"])}

    def _ask(self, question: CheckQuestion, number: int, reader: User) -> None:
        people = [(username, person.get_full_name()) for username, person in self._people.items()]
        self.fields[f"{question}_answer"] = forms.ChoiceField(
            label="Answer",
            required=False,
            choices=[("", "Not answered"), *CheckAnswer.choices],
            widget=forms.Select(attrs={"data-keys": str(number)}),
        )
        self.fields[f"{question}_method"] = forms.ChoiceField(
            label="How", choices=CheckMethod.choices, initial=CheckMethod.NONE
        )
        self.fields[f"{question}_note"] = forms.CharField(label="Note", required=False, max_length=2000)
        self.fields[f"{question}_checked_by"] = forms.ChoiceField(
            label="By whom", choices=people, initial=reader.username
        )

    def _choice_field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # tells the type checker what the class says
        return field


class ReasonForm(PageForm):
    """Why."""

    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))
