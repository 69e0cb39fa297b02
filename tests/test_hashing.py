from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.hashing import canonical_json, spec_hash
from vstreamqa.schema import Span

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
MAPPINGS = st.dictionaries(st.text(), SCALARS | st.lists(SCALARS) | st.dictionaries(st.text(), SCALARS))


def test_canonical_json_is_sorted_tight_utf8() -> None:
    assert (
        canonical_json({"b": [1, None], "a": {"d": "é", "c": True}}) == '{"a":{"c":true,"d":"é"},"b":[1,null]}'.encode()
    )


def test_the_hash_is_the_start_of_the_sha_256_of_the_canonical_form() -> None:
    assert spec_hash({"fps": 1}) == hashlib.sha256(b'{"fps":1}').hexdigest()[:16]


@given(MAPPINGS)
def test_the_order_of_keys_is_no_setting(mapping: dict[str, object]) -> None:
    assert spec_hash(mapping) == spec_hash(dict(reversed(mapping.items())))


def test_equal_numbers_are_equal_settings_and_a_flag_is_no_number() -> None:
    assert spec_hash({"fps": 1.0, "sizes": (2.0, 3)}) == spec_hash({"fps": 1, "sizes": [2, 3.0]})
    assert len({spec_hash({"a": value}) for value in (1, True, "1", 1.5, None)}) == 5


def test_a_record_hashes_as_the_object_it_is_in_a_file() -> None:
    span = Span(start=0, end=1.5, text="a")
    assert spec_hash({"span": span}) == spec_hash({"span": {"start": 0, "end": 1.5, "text": "a"}})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_json_lacks_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"x": value})
