"""How sure the evidence makes us: root-discounted evidential fusion. Pure: values in, values out.

`read_inputs` takes the documented structure, `assess` gives the whole answer, `fuse` its numbers alone, `explain` the
reasons. The method, its sources and its limits are described in `docs/method.md`.
"""

from .assessing import assess, digest
from .errors import InputsError
from .explaining import explain
from .fusing import Fusion, fuse
from .inputs import Inputs, Item, as_data, read_inputs
from .opinion import Opinion, opinion_of
from .policy import MODEL

__all__ = [
    "MODEL",
    "Fusion",
    "Inputs",
    "InputsError",
    "Item",
    "Opinion",
    "as_data",
    "assess",
    "digest",
    "explain",
    "fuse",
    "opinion_of",
    "read_inputs",
]
