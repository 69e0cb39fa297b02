"""In which fields specs differ, each field by its place: `options.mode`, `suites[mini/rvs-ego].data`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

_NAMED_BY = ("suite", "config")
"""What a list's items are called by, where they have it; else by their number."""


def differences(before: object, now: object) -> list[str]:
    """Return a clause for every field that has changed: `options.mode was 'streaming', is 'offline'`."""
    changed = differing_fields([before, now])
    return [f"{place} was {old!r}, is {new!r}" for place, (old, new) in changed.items()]


def differing_fields(specs: Sequence[object]) -> dict[str, list[Any]]:
    """Return the fields that are not the same in all specs, by name: place to its values, None where a spec lacks it.

    A record or dataclass is compared as the object it is in files; a tuple equals the list that it is read back as.
    """
    found = [dict(fields_of(msgspec.to_builtins(spec))) for spec in specs]
    places = sorted({place for one in found for place in one})
    values = {place: [one.get(place) for one in found] for place in places}
    return {place: some for place, some in values.items() if any(one != some[0] for one in some)}


def fields_of(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every field of a spec's plain form by its place, with its value."""
    if isinstance(value, Mapping) and value:
        nested = [(f"{place}.{key}" if place else str(key), item) for key, item in value.items()]
    elif isinstance(value, list | tuple) and value:
        nested = [(f"{place}[{_called(item, at)}]", _unnamed(item)) for at, item in enumerate(value)]
    else:
        if place:
            yield place, [] if value == () else value
        return
    for inner, item in nested:
        yield from fields_of(item, inner)


def _called(item: Any, at: int) -> str:
    return "/".join(str(item[key]) for key in _NAMED_BY) if _is_named(item) else str(at)


def _unnamed(item: Any) -> Any:
    return {key: value for key, value in item.items() if key not in _NAMED_BY} if _is_named(item) else item


def _is_named(item: Any) -> bool:
    return isinstance(item, Mapping) and all(key in item for key in _NAMED_BY)
