"""Whether a medium is as long as the streams that show it."""

from __future__ import annotations

import msgspec

from vstreamqa.build.draft import Draft
from vstreamqa.build.measuring import Measured
from vstreamqa.schema import NANOSECONDS, Stream, to_position, to_value

SLACK = NANOSECONDS
"""How much earlier than its stream a video may end: annotations state lengths in whole seconds."""


def trimmed(stream: Stream, measured: Measured) -> Stream:
    """End a stream with its medium: what is asked beyond is a fault of those questions alone."""
    if beyond(stream, measured) is None:
        return stream
    return msgspec.structs.replace(stream, end=to_value(last_position(measured), stream.unit))


def entries_problem(stream: Stream, measured: Measured, draft: Draft) -> str | None:
    """Say how a medium differs from what the annotations say of its length, or None."""
    bounds = draft.entries.get(stream.stream_id)
    if bounds is not None and measured.entries is not None and not bounds[0] <= measured.entries <= bounds[1]:
        wanted = f"{bounds[0]}" if bounds[0] == bounds[1] else f"{bounds[0]} to {bounds[1]}"
        return f"{stream.media.path} holds {measured.entries} frames where {wanted} are expected; fetch it again"
    length = measured.duration - to_position(stream.media.origin, stream.unit)
    most = draft.longest.get(stream.stream_id)
    if most is not None and length > to_position(most, stream.unit) + SLACK:
        return f"{stream.media.path} lasts {length / NANOSECONDS:.3f} s where {most} s are expected; fetch it again"
    return None


def last_position(measured: Measured) -> int:
    """Return the last position at which a medium shows something: its end in time, or its last rank."""
    return measured.duration if measured.unit == "second" else measured.duration - 1


def beyond(stream: Stream, measured: Measured) -> str | None:
    """Say that a stream ends beyond its medium, or None; a second is allowed, since annotations state whole ones."""
    last, slack = last_position(measured), SLACK if stream.unit == "second" else 0
    if to_position(stream.end, stream.unit) <= last + slack:
        return None
    end, unit = to_value(last, stream.unit), "s" if stream.unit == "second" else stream.unit
    return (
        f"ends at {stream.end}, beyond the end of {stream.media.path} ({end} {unit}); "
        "fetch the medium again, or correct the annotation"
    )
