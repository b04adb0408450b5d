from sources.models.captures import (
    Capture,
    CaptureFile,
    CaptureMethod,
    FileRole,
    StoredFile,
    Verdict,
)
from sources.models.publications import Derivation, DerivationKind, Publication, PublicationKind
from sources.models.sources import Reliability, Source, SourceKind, SourceRating

__all__ = [
    "Capture",
    "CaptureFile",
    "CaptureMethod",
    "Derivation",
    "DerivationKind",
    "FileRole",
    "Publication",
    "PublicationKind",
    "Reliability",
    "Source",
    "SourceKind",
    "SourceRating",
    "StoredFile",
    "Verdict",
]
