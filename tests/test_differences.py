from __future__ import annotations

import pytest

from vstreamqa.differences import differences, differing_fields


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"options": {"mode": "x"}}, {"options": {"mode": "y"}}, ["options.mode was 'x', is 'y'"]),
        ({"size": [1, 2]}, {"size": (1, 2)}, []),
        ({"size": [1, 2]}, {"size": [1, 3]}, ["size[1] was 2, is 3"]),
        ({"size": None}, {"size": [1]}, ["size[0] was None, is 1"]),
        ({"a": {}}, {"a": ()}, ["a was {}, is []"]),
        ({"a": 1}, {}, ["a was 1, is None"]),
    ],
)
def test_every_field_that_has_changed_is_named(before: object, now: object, told: list[str]) -> None:
    assert differences(before, now) == told


def test_configs_are_compared_by_their_names_not_by_their_places() -> None:
    one = {"suite": "mini", "config": "rvs-ego", "questions": 200}
    other = {"suite": "mini", "config": "vs-ego", "questions": 100}
    assert differing_fields([{"suites": [one]}, {"suites": [other, one]}]) == {
        "suites[mini/vs-ego].questions": [None, 100]
    }


def test_several_specs_are_compared_at_once() -> None:
    assert differing_fields([{"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 1, "b": 2}]) == {"b": [2, 3, 2]}
