"""Forms for claims and evidence."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from osint.edtf import EdtfError, parse_edtf
from osint.models import Investigation
from osint.pages.forms import PageForm
from sightings.geo import PositionError, parse_position
from sightings.models import Activity, Credibility, Equipment, Evidence, Place, Sighting, Stance, Status
from sightings.pages.catalogue import equipment_named
from sightings.selectors import places
from sightings.services.sightings import RESEARCHERS_STATUSES
from sources.models import Source, SourceKind
from sources.selectors import sources_in

POSITION_FORMS = "Such as 55.7278, 37.5919 or 55°43′40″N 37°35′31″E."
EDTF_FORMS = (
    "Such as 2023-01-19, around a day: 2023-01-06~, one of two days: [2023-01-19,2023-01-20], "
    "a month: 2023-01, not later than: ../2023-01-19."
)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SightingForm(PageForm):
    """One claim: what, how many, whose, doing what, where and when."""

    problem_fields = {"quantity_order": "quantity_max", "latitude": "position", "longitude": "position"}

    title = forms.CharField(
        label="What is claimed",
        max_length=300,
        help_text="One sentence, such as “A Pantsir-S1 on the roof of the Defence Ministry”.",
    )
    equipment = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"list": "equipment-names", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text="Any of its names in any script: Pantsir-S1, Панцирь-С1 or SA-22. Leave empty if unknown.",
    )
    quantity_min = forms.IntegerField(label="How many, at least", required=False, min_value=0)
    quantity_max = forms.IntegerField(label="How many, at most", required=False, min_value=0)
    operator = forms.CharField(
        required=False, max_length=200, help_text="Whose it is, such as “Russian Aerospace Forces”."
    )
    activity = forms.ChoiceField(choices=Activity.choices, initial=Activity.UNKNOWN)
    place = forms.ModelChoiceField(
        queryset=Place.objects.none(), to_field_name="slug", required=False, empty_label="Not a known place"
    )
    position = forms.CharField(
        label="Exact position",
        required=False,
        max_length=120,
        help_text=f"Where it stood, if known better than the place. {POSITION_FORMS}",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    radius_m = forms.FloatField(
        label="Uncertain by (metres)",
        required=False,
        min_value=0.1,
        help_text="How far off the exact position may be.",
    )
    when = forms.CharField(
        required=False,
        max_length=120,
        help_text=f"A date in EDTF. {EDTF_FORMS} Leave empty if unknown.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(required=False, widget=_area(5), help_text="In your own words.")
    status = forms.ChoiceField(
        choices=[(status.value, status.label) for status in Status if status in RESEARCHERS_STATUSES],
        initial=Status.PROPOSED,
        widget=forms.RadioSelect,
        help_text="A proposed sighting waits for a reviewer; a draft waits for you.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "place", places().order_by("name"))

    def clean_equipment(self) -> Equipment | None:
        """The equipment that goes by this name."""
        text = self.cleaned_data["equipment"].strip()
        return equipment_named(text) if text else None

    def clean_when(self) -> str:
        """The text as typed, if it is a date; read here too so that all problems are shown at once."""
        text: str = self.cleaned_data["when"].strip()
        try:
            return parse_edtf(text).text if text else ""
        except EdtfError as error:
            raise ValidationError(str(error), code=error.code) from error

    def clean_position(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees."""
        text = self.cleaned_data["position"].strip()
        try:
            return parse_position(text) if text else None
        except PositionError as error:
            raise ValidationError(str(error), code=error.code) from error

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = dict(self.cleaned_data)
        values["latitude"], values["longitude"] = values.pop("position") or (None, None)
        return values


class EvidenceForm(PageForm):
    """A publication by its address, which way it points, and how far it can be believed."""

    problem_fields: ClassVar[dict[str, str]] = {"undercuts_mismatch": "undercuts", "name": "new_source"}

    url = forms.CharField(
        label="Address of the publication",
        max_length=8192,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text="It is preserved at once. An address already known to the case is recognised.",
    )
    source = forms.ModelChoiceField(
        queryset=Source.objects.none(),
        required=False,
        empty_label="Unknown, or new",
        help_text="Who published it.",
    )
    new_source = forms.CharField(
        label="Name of a new source",
        required=False,
        max_length=200,
        help_text="Only if it is not in the list above.",
    )
    new_source_kind = forms.ChoiceField(
        label="What kind of source", choices=SourceKind.choices, initial=SourceKind.OUTLET, required=False
    )
    stance = forms.ChoiceField(label="This publication …", choices=Stance.choices, widget=forms.RadioSelect)
    undercuts = forms.ModelChoiceField(
        label="Which evidence it undercuts",
        queryset=Evidence.objects.none(),
        required=False,
        empty_label="None",
        help_text="Only for a publication that undercuts: the item it attacks.",
    )
    credibility = forms.TypedChoiceField(
        label="Credibility of what it says",
        coerce=int,
        choices=[(grade.value, f"{grade.value}: {grade.label}") for grade in Credibility],
        widget=forms.RadioSelect,
        help_text="Choose 6 when there is no basis for a judgement: it is neither worst nor middle.",
    )
    quotation = forms.CharField(
        required=False, widget=_area(3), help_text="The words relied upon, in the original language."
    )
    fragment = forms.CharField(
        label="Where in the picture or video",
        required=False,
        max_length=120,
        help_text="Seconds, such as t=3,7, or a region in pixels, such as xywh=10,20,300,200.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    note = forms.CharField(
        required=False, widget=_area(3), help_text="What you see in it, and why it matters."
    )

    def __init__(self, investigation: Investigation, sighting: Sighting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "source", sources_in(investigation).order_by("name"))
        standing = sighting.evidence.filter(withdrawn_at=None).select_related("publication").order_by("pk")
        _choose_from(self, "undercuts", standing)


class WithdrawalForm(PageForm):
    """Why an item of evidence no longer counts."""

    reason = forms.CharField(label="Why it no longer counts", widget=_area(2))


def _choose_from(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker what the class says
    field.queryset = rows
