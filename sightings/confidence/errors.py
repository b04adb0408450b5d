"""What can be wrong with the inputs of an assessment."""

from __future__ import annotations

from osint.errors import SightlineError


class InputsError(SightlineError):
    """The inputs are not of the documented form; `detail` names where, what was expected, and what was there."""

    code = "inputs_invalid"
    title = "These inputs cannot be assessed"
