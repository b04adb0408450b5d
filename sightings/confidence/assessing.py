"""One assessment whole, in its documented form."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from .explaining import explain
from .fusing import fuse
from .inputs import Inputs, as_data
from .opinion import opinion_of
from .policy import MODEL


def assess(inputs: Inputs) -> dict[str, Any]:
    """Numbers, words and reasons as JSON-safe values. Numbers are not rounded."""
    fusion = fuse(inputs)
    opinion = opinion_of(fusion)
    return {
        "model": MODEL,
        "support": opinion.support,
        "refutation": opinion.refutation,
        "belief": opinion.belief,
        "disbelief": opinion.disbelief,
        "uncertainty": opinion.uncertainty,
        "probability": opinion.probability,
        "word": opinion.word,
        "capped": opinion.is_capped,
        "conflict": opinion.conflict,
        "analytic_confidence": opinion.analytic_confidence,
        "clusters": opinion.clusters,
        "explanation": explain(inputs, fusion, opinion),
    }


def digest(inputs: Inputs) -> str:
    """SHA-256 in hex of the model's version and the inputs: equal where an assessment would be the same."""
    content = {"model": MODEL, "inputs": as_data(inputs)}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
