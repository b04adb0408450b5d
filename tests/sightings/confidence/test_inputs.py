"""Reading inputs: what is wrong is named, with what was expected and what was there."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightings.confidence import MODEL, Inputs, InputsError, Item, as_data, digest, read_inputs
from tests.sightings.confidence.graphs import random_graph

ITEM: dict[str, Any] = {
    "id": "e1",
    "stance": "supports",
    "reliability_path": ["B"],
    "credibility": 2,
    "roots": ["r1"],
}


def inputs(clusters: Any = None, invalidated: Any = (), **values: Any) -> dict[str, Any]:
    """The documented form of one item with these values."""
    return {
        "items": [{**ITEM, **values}],
        "clusters": {"r1": "c1"} if clusters is None else clusters,
        "invalidated_roots": list(invalidated),
    }


def test_what_may_be_left_out_has_its_usual_value() -> None:
    (item,) = read_inputs({"items": [ITEM], "clusters": {"r1": "c1"}}).items
    assert (item.decay, item.undercuts, item.is_confirmed_here) == (1.0, (), False)


def test_inputs_come_back_from_their_documented_form() -> None:
    for seed in range(200):
        data = as_data(random_graph(seed))
        assert as_data(read_inputs(json.loads(json.dumps(data)))) == data


def test_a_root_that_is_named_twice_is_one() -> None:
    (item,) = read_inputs(inputs(roots=["r1", "r1"])).items
    assert item.roots == ("r1",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "the inputs: expected a mapping, got []"),
        ({"items": []}, "the inputs: expected “clusters”, got none"),
        ({"clusters": {}}, "the inputs: expected “items”, got none"),
        ({"items": [], "clusters": {}, "more": 1}, "the inputs: expected one of ["),
        ({"items": {}, "clusters": {}}, "items: expected a list, got {}"),
        ({"items": ["e"], "clusters": {}}, "items[0]: expected a mapping, got 'e'"),
        ({"items": [{}], "clusters": {}}, "items[0]: expected “credibility”, got none"),
        (inputs(id=""), "items[0].id: expected a name, got ''"),
        (inputs(colour="red"), "items[0]: expected one of ["),
        (inputs(stance="proves"), "items[0].stance: expected one of ['neutral', "),
        (inputs(reliability_path=["B", "G"]), "items[0].reliability_path[1]: expected one of ['A', "),
        (inputs(reliability_path=[]), "items[0].reliability_path: expected a list that is not empty, got []"),
        (
            inputs(reliability_path="B"),
            "items[0].reliability_path: expected a list that is not empty, got 'B'",
        ),
        (inputs(credibility=7), "items[0].credibility: expected one of [1, 2, 3, 4, 5, 6], got 7"),
        (inputs(credibility="2"), "items[0].credibility: expected one of [1, 2, 3, 4, 5, 6], got '2'"),
        (inputs(credibility=True), "items[0].credibility: expected one of [1, 2, 3, 4, 5, 6], got True"),
        (inputs(credibility=2.0), "items[0].credibility: expected one of [1, 2, 3, 4, 5, 6], got 2.0"),
        (inputs(decay=1.01), "items[0].decay: expected a number from 0 to 1, got 1.01"),
        (inputs(decay=-0.01), "items[0].decay: expected a number from 0 to 1, got -0.01"),
        (inputs(decay=float("nan")), "items[0].decay: expected a number from 0 to 1, got nan"),
        (inputs(decay=True), "items[0].decay: expected a number from 0 to 1, got True"),
        (inputs(decay="1"), "items[0].decay: expected a number from 0 to 1, got '1'"),
        (inputs(roots=[]), "items[0].roots: expected a list that is not empty, got []"),
        (inputs(roots=["r9"]), "item “e1”: expected the cluster of root “r9” in clusters, got none"),
        (
            inputs(is_confirmed_here="yes"),
            "items[0].is_confirmed_here: expected one of [False, True], got 'yes'",
        ),
        (inputs(undercuts=["r1"]), "item “e1”: expected undercuts to be named by items that undercut"),
        (inputs(stance="undercuts"), "item “e1”: expected undercuts to be named by items that undercut"),
        (inputs(stance="undercuts", undercuts=["r9"]), "item “e1”: expected the cluster of root “r9”"),
        (inputs(clusters={"r1": 1}), "clusters.r1: expected a name, got 1"),
        (inputs(clusters=[]), "clusters: expected a mapping, got []"),
        (
            inputs(invalidated=["r9"]),
            "invalidated_roots: expected the cluster of root “r9” in clusters, got none",
        ),
        (inputs(invalidated=[1]), "invalidated_roots[0]: expected a name, got 1"),
        ({"items": [ITEM, ITEM], "clusters": {"r1": "c1"}}, "items: expected each id once, got “e1” again"),
        (inputs(stance="x" * 200), "items[0].stance: expected one of "),
    ],
)
def test_what_is_wrong_is_named(data: Any, message: str) -> None:
    with pytest.raises(InputsError) as refused:
        read_inputs(data)
    assert refused.value.detail.startswith(message)
    assert refused.value.code == "inputs_invalid"
    assert len(refused.value.detail) < 300


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["items", "clusters", "id", "roots"]) | st.text(), inner)
    ),
)


@given(ANYTHING)
def test_whatever_comes_is_read_or_refused(data: Any) -> None:
    with suppress(InputsError):
        assert isinstance(read_inputs(data), Inputs)


def test_the_digest_is_of_what_matters_in_whatever_order() -> None:
    graph = random_graph(7)
    turned = Inputs(graph.items[::-1], dict(reversed(list(graph.clusters.items()))), graph.invalidated_roots)
    assert digest(turned) == digest(graph)
    assert digest(Inputs(graph.items[1:], graph.clusters, graph.invalidated_roots)) != digest(graph)


def test_the_digest_is_that_of_version_and_inputs_as_plain_json() -> None:
    inputs = Inputs((Item("é", "supports", ("B",), 2, ("r1",)),), {"r1": "c1"})
    text = (
        '{"inputs":{"clusters":{"r1":"c1"},"invalidated_roots":[],"items":[{"credibility":2,"decay":1.0,"id":"é",'
        '"reliability_path":["B"],"roots":["r1"],"stance":"supports"}]},"model":"' + MODEL + '"}'
    )
    assert digest(inputs) == sha256(text.encode()).hexdigest()
