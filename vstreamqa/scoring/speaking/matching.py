"""Match what was said with the events, one to one and in time order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.schema import Unit, to_position
from vstreamqa.scoring.speaking.listened import Listened, Remark
from vstreamqa.scoring.spec import ScoringSpec


@dataclass(frozen=True, slots=True)
class Window:
    """How long before and after an event it may be told, in positions; both ends belong to it."""

    before: int
    after: int

    @classmethod
    def of(cls, spec: ScoringSpec, unit: Unit) -> Window:
        """Return the window of a scoring: seconds, or as many ranks where positions are ranks."""
        return cls(to_position(spec.window_before, unit), to_position(spec.window_after, unit))


@dataclass(frozen=True, slots=True)
class Matched:
    """An event, and the utterance that told it."""

    event: Remark
    said: Remark

    @property
    def delay(self) -> int:
        """How much later than the event it was said, in positions; negative if earlier."""
        return self.said.position - self.event.position


def match(one: Listened, window: Window) -> list[Matched]:
    """Return as many pairs as can be made of the events and utterances of a question, in time order."""
    pairs = match_positions([r.position for r in one.events], [r.position for r in one.said], window)
    return [Matched(one.events[event], one.said[remark]) for event, remark in pairs]


def match_positions(events: Sequence[int], said: Sequence[int], window: Window) -> list[tuple[int, int]]:
    """Return as many pairs (index of an event, index of an utterance) as can be made, no two crossing in time.

    Each utterance in turn goes to the open event whose window closes first, which is the earliest one, as all windows
    are equally wide. This is the greatest matching (Glover, Maximum matching in a convex bipartite graph, 1967): take
    any greatest matching and its first utterance that goes elsewhere. If the event it should go to is free, it can go
    there; if a later utterance has it, the two can change places, because the other event, whose window opens no
    earlier and closes no sooner, is then still open to the later one. Neither step loses a pair.

    Args:
        events: positions in ascending order.
        said: positions in ascending order.
        window: around each event.
    """
    pairs: list[tuple[int, int]] = []
    first = 0
    for at, position in enumerate(said):
        while first < len(events) and events[first] + window.after < position:
            first += 1
        if first < len(events) and events[first] - window.before <= position:
            pairs.append((first, at))
            first += 1
    return pairs
