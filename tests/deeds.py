"""Everything that can be done over the API, as a table: how, by whom at least, and what comes of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import FileResponse
from PIL import Image
from rest_framework.test import APIClient

from osint.models import NoticeKind, Role, User
from osint.services.changes import insert
from osint.services.discussion import assign, notify, write_comment
from osint.services.people import system_user
from osint.services.tokens import issue_token
from sightings.services.hypotheses import judge_fit, propose_hypothesis
from sightings.services.invalidations import invalidate_publication
from sightings.services.relations import relate
from sightings.services.reviews import decide, take_turn
from sources import storage
from sources.address_lists import numbered
from sources.models import (
    Capture,
    CaptureFile,
    DerivationSuggestion,
    LinkWatch,
    MediumFacts,
    Owner,
    PictureHash,
    Publication,
    Source,
    StoredFile,
)
from sources.services.batches import submit_batch
from sources.services.captures import request_capture
from sources.services.publications import record_derivation
from sources.services.sources import add_owner, establish_ownership
from sources.services.uploads import begin_upload
from sources.services.watches import watch_original
from tests import cast
from tests.clients import API

CASE = "investigations/{case}/"


@dataclass(frozen=True)
class Deed:
    """One request. `{names}` in the path and the body stand for the things of a team's `names_of`."""

    method: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    role: Role = Role.VIEWER
    status: int = 200
    #: Where the body is no JSON: its bytes, and the headers that say what they are.
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def in_case(self) -> bool:
        """Whether only members of the case may know of it."""
        return self.path.startswith(CASE)

    @property
    def has_object(self) -> bool:
        """Whether the address ends in one object of a case."""
        return self.in_case and "{" in self.path.removeprefix(CASE)

    def path_for(self, names: Mapping[str, str]) -> str:
        """The address, with the names filled in."""
        return f"{API}/{self.path.format_map(names)}"

    def body_for(self, names: Mapping[str, str]) -> dict[str, Any]:
        """The body, with the names filled in."""
        return {key: _filled(value, names) for key, value in self.body.items()}

    def by(self, client: APIClient, names: Mapping[str, str], **changes: Any) -> Any:
        """The answer to the request, with some values of its body changed."""
        body: Any = json.dumps(self.body_for(names) | changes) if self.raw is None else self.raw
        media_type = self.headers.get("Content-Type", "application/json")
        answer: Any = client.generic(
            self.method, self.path_for(names), body, media_type, headers=dict(self.headers)
        )
        if isinstance(answer, FileResponse):
            answer.getvalue()  # read to its end, or the file would stay open
        return answer


GET, POST, PATCH, DELETE = "GET", "POST", "PATCH", "DELETE"
RESEARCHER, REVIEWER, ADMIN = Role.RESEARCHER, Role.REVIEWER, Role.ADMIN
POINT = {"latitude": 55.7, "longitude": 37.6, "radius_m": 100}
CHECKLIST = [
    {"question": question, "answer": "yes", "method": "satellite", "note": "Two pictures"}
    for question in ("place", "date", "equipment", "media")
]


def _picture_form() -> bytes:
    """A form with a small picture that has something to see in it, as a browser sends it."""
    sink = BytesIO()
    Image.effect_noise((64, 64), 90).save(sink, "PNG")
    head = b'--edge\r\nContent-Disposition: form-data; name="picture"; filename="roof.png"\r\n\r\n'
    return head + sink.getvalue() + b"\r\n--edge--\r\n"


PICTURE_FORM = _picture_form()

DEEDS = [
    Deed(GET, "investigations/"),
    Deed(POST, "investigations/", {"slug": "new-case", "title": "A new case"}, Role.ADMIN, 201),
    Deed(GET, CASE),
    Deed(PATCH, CASE, {"title": "Another title", "summary": "In short"}, ADMIN),
    Deed(GET, CASE + "memberships/"),
    Deed(POST, CASE + "memberships/", {"username": "{outsider}", "role": "viewer"}, ADMIN, 201),
    Deed(GET, CASE + "memberships/{membership}/"),
    Deed(PATCH, CASE + "memberships/{membership}/", {"role": "reviewer"}, ADMIN),
    Deed(DELETE, CASE + "memberships/{membership}/", {}, ADMIN, 204),
    Deed(GET, CASE + "changes/"),
    Deed(GET, "tokens/"),
    Deed(POST, "tokens/", {"name": "scripts", "investigation": "{case}", "days": 7}, status=201),
    Deed(GET, "sources/"),
    Deed(
        POST,
        "sources/",
        {"name": "Herald", "kind": "outlet", "homepage": "https://herald.example/", "language": "en",
         "country": "GB", "description": "A newspaper", "private_to": "{case}"},
        RESEARCHER,
        201,
    ),
    Deed(GET, "sources/{source}/"),
    Deed(PATCH, "sources/{source}/", {"name": "The Other Courier", "description": "Renamed"}, RESEARCHER),
    Deed(GET, "sources/{source}/ratings/"),
    Deed(
        POST,
        "sources/{source}/ratings/",
        {"reliability": "B", "rated_on": "2023-01-19", "reason": "Corrects its errors"},
        REVIEWER,
        201,
    ),
    Deed(GET, "sources/{source}/ownerships/"),
    Deed(
        POST,
        "sources/{source}/ownerships/",
        {"owner": "{owner}", "since": "2023-01-19", "reason": "Its imprint says so"},
        REVIEWER,
        201,
    ),
    Deed(GET, "owners/"),
    Deed(
        POST,
        "owners/",
        {"name": "Herald Holding", "kind": "company", "description": "Papers"},
        RESEARCHER,
        201,
    ),
    Deed(GET, "owners/{owner}/"),
    Deed(PATCH, "owners/{owner}/", {"name": "The Courier Trust", "description": "A trust"}, RESEARCHER),
    Deed(GET, CASE + "publications/"),
    Deed(
        POST,
        CASE + "publications/",
        {"url": "https://courier.example/new", "source": "{source}", "kind": "post", "title": "News",
         "author": "Staff", "language": "en", "published": "2023-01-19"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "publications/{publication}/"),
    Deed(GET, CASE + "publications/{relay}/compare/?a={capture}&b={again}"),
    Deed(PATCH, CASE + "publications/{publication}/", {"title": "A title", "published": "2023"}, RESEARCHER),
    Deed(GET, CASE + "derivations/"),
    Deed(
        POST,
        CASE + "derivations/",
        {"publication": "{publication}", "derives_from": "{relay}", "kind": "quotes", "note": "In full"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "derivations/{derivation}/"),
    Deed(DELETE, CASE + "derivations/{derivation}/", {}, RESEARCHER, 204),
    Deed(GET, CASE + "derivation-suggestions/"),
    Deed(GET, CASE + "derivation-suggestions/{suggestion}/"),
    Deed(
        POST,
        CASE + "derivation-suggestions/{suggestion}/accept/",
        {"kind": "quotes", "turned": "false", "note": "Word for word"},
        RESEARCHER,
    ),
    Deed(POST, CASE + "derivation-suggestions/{suggestion}/reject/", {}, RESEARCHER),
    Deed(GET, CASE + "captures/"),
    Deed(POST, CASE + "captures/", {"publication": "{publication}", "method": "http"}, RESEARCHER, 202),
    Deed(GET, CASE + "captures/{capture}/"),
    Deed(GET, CASE + "captures/{capture}/replay/"),
    Deed(POST, CASE + "captures/{capture}/retry/", {}, RESEARCHER, 202),
    Deed(POST, CASE + "captures/{waiting}/cancel/", {}, RESEARCHER),
    Deed(POST, CASE + "captures/{quarantined}/release/", {"reason": "The decoder was mended"}, ADMIN, 202),
    Deed(GET, CASE + "batches/"),
    Deed(
        POST,
        CASE + "batches/",
        {"addresses": ["https://courier.example/one", "https://courier.example/two"], "label": "Two",
         "method": "http"},
        RESEARCHER,
        202,
    ),
    Deed(GET, CASE + "batches/{batch}/"),
    Deed(POST, CASE + "batches/{batch}/pause/", {}, RESEARCHER),
    Deed(POST, CASE + "batches/{batch}/resume/", {}, RESEARCHER),
    Deed(POST, CASE + "batches/{batch}/cancel/", {}, RESEARCHER),
    Deed(POST, CASE + "batches/{batch}/retry-failed/", {}, RESEARCHER, 202),
    Deed(GET, CASE + "files/"),
    Deed(GET, CASE + "files/{file}/"),
    Deed(GET, CASE + "files/{file}/content/"),
    Deed(GET, CASE + "files/{file}/thumbnail/"),
    Deed(GET, CASE + "files/{file}/alike/"),
    Deed(
        POST,
        CASE + "pictures/search/",
        raw=PICTURE_FORM,
        headers={"Content-Type": "multipart/form-data; boundary=edge"},
    ),
    Deed(GET, CASE + "uploads/"),
    Deed(
        POST,
        CASE + "uploads/",
        {"publication": "{publication}", "filename": "roof.jpg", "size": 4, "sha256": "ab" * 32, "note": "Mine"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "uploads/{upload}/"),
    Deed(
        PATCH,
        CASE + "uploads/{upload}/",
        role=RESEARCHER,
        status=204,
        raw=b"some",
        headers={"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"},
    ),
    Deed(DELETE, CASE + "uploads/{upload}/", {}, RESEARCHER, 204),
    Deed(GET, CASE + "watches/"),
    Deed(GET, CASE + "watches/{watch}/"),
    Deed(POST, CASE + "watches/{watch}/pause/", {}, RESEARCHER),
    Deed(POST, CASE + "watches/{watch}/resume/", {}, RESEARCHER),
    Deed(POST, CASE + "watches/{watch}/check/", {}, RESEARCHER, 202),
    Deed(GET, CASE + "watches/{watch}/checks/"),
    Deed(GET, CASE + "handed-on/"),
    Deed(GET, "equipment/"),
    Deed(
        POST,
        "equipment/",
        {"slug": "s-400", "name": "S-400", "kind": "type", "parent": "{equipment}", "nato_name": "SA-21",
         "aliases": ["С-400"]},
        RESEARCHER,
        201,
    ),
    Deed(GET, "equipment/{equipment_id}/"),
    Deed(PATCH, "equipment/{equipment_id}/", {"name": "Pantsir", "aliases": ["Pantsyr"]}, RESEARCHER),
    Deed(GET, "places/"),
    Deed(POST, "places/", {"slug": "park", "name": "The park", "country": "RU", **POINT}, RESEARCHER, 201),
    Deed(GET, "places/{place_id}/"),
    Deed(PATCH, "places/{place_id}/", {"name": "The old roof", "aliases": ["Крыша"], **POINT}, RESEARCHER),
    Deed(GET, "gazetteer/?q=odintsovo"),
    Deed(GET, CASE + "sightings/"),
    Deed(
        POST,
        CASE + "sightings/",
        {"title": "A launcher", "description": "By the river", "equipment": "{equipment}", "place": "{place}",
         "quantity_min": 1, "quantity_max": 2, "operator": "Army", "activity": "deployed",
         "when": "2023-01-06~", "status": "draft", **POINT},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "sightings/{sighting}/"),
    Deed(GET, CASE + "sightings/{sighting}/assessment/"),
    Deed(GET, CASE + "sightings/{sighting}/assessments/"),
    Deed(PATCH, CASE + "sightings/{sighting}/", {"title": "Two launchers", "when": "2023"}, RESEARCHER),
    Deed(GET, CASE + "evidence/"),
    Deed(
        POST,
        CASE + "evidence/",
        {"sighting": "{sighting}", "publication": "{relay}", "stance": "undercuts", "credibility": 3,
         "quotation": "An old picture", "fragment": "t=3,7", "note": "See the snow",
         "undercuts": "{evidence}"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "evidence/{evidence}/"),
    Deed(PATCH, CASE + "evidence/{evidence}/", {"credibility": 4, "note": "On reflection"}, RESEARCHER),
    Deed(POST, CASE + "evidence/{evidence}/withdraw/", {"reason": "It shows another roof"}, RESEARCHER),
    Deed(GET, CASE + "review-queue/"),
    Deed(POST, CASE + "sightings/{sighting}/propose/", {}, RESEARCHER),
    Deed(POST, CASE + "sightings/{sighting}/claim/", {}, REVIEWER),
    Deed(POST, CASE + "sightings/{claimed}/give-back/", {}, REVIEWER),
    Deed(
        POST,
        CASE + "sightings/{sighting}/decide/",
        {"decision": "verified", "reason": "Seen by two", "checks": CHECKLIST},
        REVIEWER,
        201,
    ),
    Deed(POST, CASE + "sightings/{rejected}/reopen/", {"reason": "There is more to see"}, REVIEWER, 201),
    Deed(GET, CASE + "reviews/"),
    Deed(GET, CASE + "reviews/{review}/"),
    Deed(GET, CASE + "invalidations/"),
    Deed(
        POST,
        CASE + "invalidations/",
        {"publication": "{publication}", "reason": "Staged"},
        REVIEWER,
        201,
    ),
    Deed(GET, CASE + "invalidations/{invalidation}/"),
    Deed(POST, CASE + "invalidations/{invalidation}/withdraw/", {"reason": "It was genuine"}, REVIEWER),
    Deed(GET, CASE + "hypotheses/"),
    Deed(
        POST,
        CASE + "hypotheses/",
        {"sighting": "{sighting}", "title": "Old footage", "note": "Look at the leaves"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "hypotheses/{hypothesis}/"),
    Deed(PATCH, CASE + "hypotheses/{hypothesis}/", {"title": "A dummy", "note": "Of wood"}, RESEARCHER),
    Deed(POST, CASE + "hypotheses/{hypothesis}/drop/", {}, RESEARCHER),
    Deed(POST, CASE + "hypotheses/{hypothesis}/restore/", {}, RESEARCHER),
    Deed(GET, CASE + "sightings/{sighting}/matrix/"),
    Deed(
        POST,
        CASE + "sightings/{sighting}/matrix/",
        {"evidence": "{evidence}", "hypothesis": "{hypothesis}", "fit": "-"},
        RESEARCHER,
    ),
    Deed(GET, CASE + "sightings/duplicates/?latitude=55.7&longitude=37.6&radius_m=500&when=2023-01-06"),
    Deed(GET, CASE + "relations/"),
    Deed(
        POST,
        CASE + "relations/",
        {"sighting": "{sighting}", "kind": "same as", "other": "{later}", "reason": "One roof, one day"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "relations/{relation}/"),
    Deed(POST, CASE + "relations/{relation}/undo/", {"reason": "Another roof"}, RESEARCHER),
    Deed(GET, "sources/{source}/calibration/"),
    Deed(GET, "sources/{source}/rating-preview/?reliability=C"),
    Deed(GET, CASE + "comments/"),
    Deed(
        POST,
        CASE + "comments/",
        {"subject_type": "sighting", "subject_id": "{sighting}", "text": "@{member}, look at the snow"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "comments/{comment}/"),
    Deed(POST, CASE + "comments/{comment}/withdraw/", {}, RESEARCHER),
    Deed(GET, CASE + "assignments/"),
    Deed(
        POST,
        CASE + "assignments/",
        {"subject_type": "evidence", "subject_id": "{evidence}", "assignee": "{member}"},
        RESEARCHER,
        201,
    ),
    Deed(GET, CASE + "assignments/{assignment}/"),
    Deed(POST, CASE + "assignments/{assignment}/end/", {}, RESEARCHER),
    Deed(GET, "notices/"),
    Deed(POST, "notices/read/", {"until": "{notice}"}),
    Deed(POST, "notices/{notice}/read/"),
    Deed(GET, "notices/mail/"),
    Deed(PATCH, "notices/mail/", {"wanted": False}),
    Deed(DELETE, "tokens/{token}/", status=204),
    Deed(GET, CASE + "graph.ndjson"),
    Deed(GET, CASE + "graph.json"),
]  # fmt: skip

#: The catalogue is shared: whoever holds the role in any case may write it, and everybody may read it.
CASE_DEEDS = [deed for deed in DEEDS if deed.in_case]
READS = [deed for deed in DEEDS if deed.method == GET]
WRITES = [deed for deed in DEEDS if deed.role != Role.VIEWER]
WITH_BODY = [deed for deed in DEEDS if deed.body]
LISTS = [
    deed
    for deed in READS
    if deed.path.endswith("s/") or deed.path in ("equipment/", CASE + "evidence/", CASE + "review-queue/")
]


def member(team: cast.Team, role: Role) -> User:
    """The member of the team with this role."""
    user: User = getattr(team, role.value)
    return user


def nowhere(team: cast.Team) -> dict[str, str]:
    """The names of a case with nothing in it: every key is one that no row has."""
    return defaultdict(lambda: str(uuid4()), case=team.case.slug)


def names_of(team: cast.Team, asker: User) -> dict[str, str]:
    """One of each thing in the team's case, and the names by which `DEEDS` call them."""
    slug = team.case.slug
    source = cast.source(name=f"The Courier of {slug}")
    publication = cast.publication(team, source=source)
    relay = cast.publication(team, "https://herald.example/relay")
    equipment = cast.equipment(slug=f"pantsir-{slug}")
    place = cast.place(slug=f"roof-of-{slug}")
    sighting = cast.sighting(team, equipment=equipment, place=place)
    later = cast.sighting(team, title="A launcher, later")
    item = cast.evidence(team, sighting, publication)
    judge_fit(item, actor=team.researcher, hypothesis=None, fit="+")
    relation = relate(later, actor=team.researcher, other=sighting, kind="follows", reason="It moved on")
    derivation = record_derivation(relay, actor=team.researcher, derives_from=publication, kind="relays")
    kept = kept_file(failed_capture(team, relay))
    batch = submit_batch(
        team.case, actor=team.researcher, lines=numbered(f"https://listed.example/{name}" for name in "abc")
    )
    failed, quarantined, waiting = batch.captures.order_by("pk")
    Capture.objects.filter(pk=failed.pk).update(state="failed", error_code="gone")
    Capture.objects.filter(pk=quarantined.pk).update(state="quarantined", error_code="quarantined")
    claimed, rejected = cast.sighting(team, title="Claimed"), cast.sighting(team, title="Rejected")
    take_turn(claimed, actor=team.reviewer)
    review = decide(rejected, actor=team.reviewer, decision="rejected", reason="A drawing", checks=CHECKLIST)
    return {
        "case": slug,
        "outsider": team.outsider.username,
        "membership": str(team.case.memberships.get(user=team.viewer).pk),
        "token": str(issue_token(actor=asker, name="old")[0].pk),
        "source": str(source.pk),
        "publication": str(publication.pk),
        "relay": str(relay.pk),
        "derivation": str(derivation.pk),
        "owner": str(owner_of(source).pk),
        "suggestion": str(suggestion_of(team, publication).pk),
        "capture": str(kept.capture_id),
        "again": str(failed_capture(team, relay).pk),
        "batch": str(batch.pk),
        "quarantined": str(quarantined.pk),
        "waiting": str(waiting.pk),
        "file": str(kept.pk),
        "upload": str(begin_upload(publication, actor=team.researcher, filename="roof.jpg", size=10).pk),
        "watch": str(watch_of(publication).pk),
        "equipment": equipment.slug,
        "equipment_id": str(equipment.pk),
        "place": place.slug,
        "place_id": str(place.pk),
        "sighting": str(sighting.pk),
        "later": str(later.pk),
        "hypothesis": str(propose_hypothesis(sighting, actor=team.researcher, title="A decoy").pk),
        "relation": str(relation.pk),
        "evidence": str(item.pk),
        "member": team.viewer.username,
        **talk_of(team, sighting, asker),
        "claimed": str(claimed.pk),
        "rejected": str(rejected.pk),
        "review": str(review.pk),
        "invalidation": str(invalidate_publication(relay, actor=team.reviewer, reason="Old footage").pk),
    }


def talk_of(team: cast.Team, sighting: Any, asker: User) -> dict[str, str]:
    """A comment on the sighting, somebody who sees to it, and a notice of it to the asker."""
    about: dict[str, Any] = {"actor": team.researcher, "subject_type": "sighting", "subject_id": sighting.pk}
    told = notify(
        team.case,
        actor=system_user(),
        recipients=[asker],
        kind=NoticeKind.FLAG,
        subject=sighting,
        text="A new look",
    )
    return {
        "comment": str(write_comment(team.case, text="The crane stands elsewhere", **about).pk),
        "assignment": str(assign(team.case, username=team.reviewer.username, **about).pk),
        "notice": str(told[0].pk if told else uuid4()),
    }


def failed_capture(team: cast.Team, publication: Any) -> Capture:
    """A capture that can be tried again."""
    capture = request_capture(publication, actor=team.researcher)
    Capture.objects.filter(pk=capture.pk).update(state="failed", error_code="gone")
    return capture


def owner_of(source: Source) -> Owner:
    """Who controls a source."""
    owner = add_owner(actor=system_user(), name=f"Owner of {source}", kind="company")
    establish_ownership(source, actor=system_user(), owner=owner, reason="Its imprint says so")
    return owner


def suggestion_of(team: cast.Team, publication: Publication) -> DerivationSuggestion:
    """The suggestion that a publication derives from another of the case, which is nearly the same."""
    alike = cast.publication(team, "https://herald.example/alike")
    suggestion = DerivationSuggestion(
        investigation=team.case,
        publication=publication,
        derives_from=alike,
        kind="relays",
        ground="text",
        details={"share": 0.8, "words": 100, "order": "unknown"},
    )
    return insert(suggestion, actor=system_user(), action="suggestion.made")


def watch_of(publication: Any) -> LinkWatch:
    """The watch over a publication, as its first capture makes it."""
    watch_original(publication.pk, publication.investigation_id)
    return LinkWatch.objects.get(publication=publication)


def kept_file(capture: Capture) -> CaptureFile:
    """A preserved picture that is its own thumbnail, examined."""
    path = Path(settings.VAR_DIR) / "picture"
    path.write_bytes(b"not really a picture")
    digest = storage.hash_of(path)
    storage.keep(path, digest)
    file, _ = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size": path.stat().st_size, "media_type": "image/webp"}
    )
    MediumFacts.objects.get_or_create(file=file, defaults={"thumbnail": file})
    PictureHash.objects.get_or_create(file=file, defaults={"bits": "01" * 128, "sketch": "01" * 128})
    return CaptureFile.objects.create(capture=capture, file=file, role="medium")


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    return value.format_map(names) if isinstance(value, str) else value
