"""Whether a track gave all that its file promises: cuts and losses that the demuxer passes over in silence."""

from __future__ import annotations

from fractions import Fraction

from vstreamqa.video.container import Track
from vstreamqa.video.soundness import cut_short
from vstreamqa.video.timeline import Timeline

_SLACK_FRAMES = 5
_SLACK_SECONDS = Fraction(1, 2)
"""Headers of sound files are off by a few frames; without a visible cut, less than this raises no alarm."""


def shortfall(track: Track, timeline: Timeline) -> str | None:
    """Return what is missing at the end of a track that was read to its end, a clause, or None."""
    end = timeline.end(track.rate)
    if end is None:
        return None
    promised = promised_end(track)
    lacking = None if promised is None else promised - end
    interval = timeline.interval() or 1
    cut = cut_short(track.path)
    if cut and (lacking is None or 2 * lacking > interval):
        return cut
    if lacking and lacking > max(Fraction(_SLACK_FRAMES * interval), _SLACK_SECONDS / track.time_base):
        return f"the header promises {float(lacking * track.time_base):.3f} s more"
    return None


def end_with_lost(track: Track, end: int) -> int:
    """Return where a track would end that was found to end at a tick: later if its last part is missing.

    A question about the missing part is a question about this video, though it cannot be answered.
    """
    promised = promised_end(track)
    if promised is None or promised <= end:
        return end
    lost = (promised - end) * track.time_base > _SLACK_SECONDS or cut_short(track.path) is not None
    return promised if lost else end


def promised_end(track: Track) -> int | None:
    """Return the tick at which the container says that the track ends, None if it does not say.

    Only statements about this very track count: audio may last longer. What the demuxer estimates is no statement.
    """
    duration = track.stream.duration
    if duration and track.states_duration:
        return (track.stream.start_time or 0) + duration
    tag = track.stream.metadata.get("DURATION")
    return None if tag is None else _tagged(tag, track.time_base)


def _tagged(tag: str, time_base: Fraction) -> int | None:
    """Read the duration tag of Matroska, `hours:minutes:seconds`."""
    try:
        hours, minutes, seconds = tag.split(":")
        total = Fraction(hours) * 3600 + Fraction(minutes) * 60 + Fraction(seconds)
    except (ValueError, ZeroDivisionError):
        return None
    return round(total / time_base)
