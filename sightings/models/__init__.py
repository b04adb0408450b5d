from sightings.models.assessments import Assessment, Recomputation
from sightings.models.catalogue import Equipment, EquipmentAlias, EquipmentKind, Place, PlaceAlias
from sightings.models.hypotheses import Fit, Hypothesis, HypothesisFit
from sightings.models.positions import Positioned
from sightings.models.relations import RelationKind, SightingRelation
from sightings.models.reviews import (
    CheckAnswer,
    CheckMethod,
    CheckQuestion,
    Decision,
    Invalidation,
    Review,
    ReviewCheck,
    ReviewTurn,
)
from sightings.models.sightings import Activity, Credibility, Evidence, Sighting, Stance, Status

__all__ = [
    "Activity",
    "Assessment",
    "CheckAnswer",
    "CheckMethod",
    "CheckQuestion",
    "Credibility",
    "Decision",
    "Equipment",
    "EquipmentAlias",
    "EquipmentKind",
    "Evidence",
    "Fit",
    "Hypothesis",
    "HypothesisFit",
    "Invalidation",
    "Place",
    "PlaceAlias",
    "Positioned",
    "Recomputation",
    "RelationKind",
    "Review",
    "ReviewCheck",
    "ReviewTurn",
    "Sighting",
    "SightingRelation",
    "Stance",
    "Status",
]
