"""Copy coded frames into a file of their own, and verify that it shows what it should."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

import av
from av.packet import Packet
from av.video.stream import VideoStream

from vstreamqa.build.cutting.reel import Cut, Reel
from vstreamqa.build.cutting.stamps import Stamps, stamped
from vstreamqa.errors import MediaError
from vstreamqa.video.container import Track, open_track
from vstreamqa.video.probing import first_picture
from vstreamqa.video.timeline import Timeline


class _Inexact(Exception):  # noqa: N818 - internal: a reason not to copy
    """The packets that are read are not those that were meant."""


def copy_cut(reel: Reel, cut: Cut, source: Reel, target: Path) -> bool:
    """Copy a cut out of a file.

    Args:
        reel: the frames of the file, on the time axis of the source.
        cut: what to copy.
        source: the frames of the source; the same as `reel` unless that is an encode of it.
        target: the mp4 to be written; what is there afterwards is of use only if the copy is exact.

    Returns:
        whether the copy is exact.

    Raises:
        OSError: the copy cannot be written.
    """
    first, last = reel.rank_at(cut.start), reel.rank_at(cut.end)
    run = reel.run(first, last)
    if run is None:
        return False
    # The frame shown at the start may have come before it; in the cut it is presented at the start.
    times = [0, *(time - cut.start for time in reel.times[first + 1 : last + 1])]
    ranks = {tick: rank for rank, tick in enumerate(reel.ticks[first : last + 1])}
    order = [ranks[tick] for tick in reel.coded[run.start : run.stop] if tick is not None]
    stamps = stamped(order, [*times, source.next_after(cut.end) - cut.start], source.time_base, cut.start)
    try:
        _write(reel, run, stamps, target)
        return is_exact(target, stamps)
    except OSError:
        raise
    except (_Inexact, MediaError, av.FFmpegError, ValueError):
        return False


def is_exact(path: Path, stamps: Stamps) -> bool:
    """Tell whether a file holds frames with the given time stamps and no others, and decoding starts at the first.

    Raises:
        MediaError: it cannot be read.
    """
    with open_track(path) as track:
        timeline = Timeline(track.time_base)
        presented: list[int | None] = []
        for packet in track.packets():
            if packet.is_discard or packet.is_corrupt or not (presented or packet.is_keyframe):
                return False
            timeline.note(packet)
            presented.append(packet.pts)
        exact = presented == stamps.pts and timeline.end(track.rate) == stamps.end
        if not exact or track.time_base != stamps.time_base:
            return False
    # Containers also mark frames from which a picture only builds up (intra refresh). The decoder knows better.
    first = first_picture(path)
    return first.pts == 0 and bool(first.key_frame)


def _write(reel: Reel, run: range, stamps: Stamps, target: Path) -> None:
    options = {"video_track_timescale": str(stamps.time_base.denominator)}
    with _packets(reel, run) as (track, packets), av.open(str(target), "w", format="mp4", options=options) as written:
        copy = written.add_stream_from_template(track.stream, opaque=True)
        for packet, expected, pts, dts, duration in zip(
            packets, reel.coded[run.start : run.stop], stamps.pts, stamps.dts, stamps.durations, strict=True
        ):
            if packet.pts != expected:
                raise _Inexact
            packet.stream, packet.time_base = copy, stamps.time_base
            packet.pts, packet.dts, packet.duration = pts, dts, duration
            written.mux(packet)


@contextmanager
def _packets(reel: Reel, run: range) -> Iterator[tuple[Track, Iterator[Packet[VideoStream]]]]:
    """Open a file at a run of packets: by seeking where the container finds the first of them, or else reading."""
    tick = reel.coded[run.start]
    with open_track(reel.path) as track:
        sought = track.packets_from_key_before(tick) if track.indexed and tick is not None else None
        first = None if sought is None else next(sought, None)
        if sought is not None and first is not None and first.pts == tick:
            yield track, islice(chain([first], sought), len(run))
            return
    with open_track(reel.path) as track:
        yield track, islice(track.packets_from_key(), run.start, run.stop)
