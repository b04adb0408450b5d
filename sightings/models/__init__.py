from sightings.models.catalogue import Equipment, EquipmentAlias, EquipmentKind, Place, PlaceAlias
from sightings.models.positions import Positioned
from sightings.models.sightings import Activity, Credibility, Evidence, Sighting, Stance, Status

__all__ = [
    "Activity",
    "Credibility",
    "Equipment",
    "EquipmentAlias",
    "EquipmentKind",
    "Evidence",
    "Place",
    "PlaceAlias",
    "Positioned",
    "Sighting",
    "Stance",
    "Status",
]
