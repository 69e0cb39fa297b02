"""What is certain at a moment for whoever watches at least once a second.

Nothing that begins or ends within the last second counts as certain, since a watcher's last frame may be from before
it. What is uncertain is left out of every question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from vstreamqa.build.mini.names import CHARACTERS
from vstreamqa.build.mini.world import SECOND, Meeting, Stay, Visit, World

_AHEAD = 250
"""Milliseconds for which what is true now must stay true."""


@dataclass(frozen=True)
class Moment:
    """A world up to a time, in milliseconds."""

    world: World
    time: int

    @cached_property
    def stay(self) -> Stay | None:
        """The room shown now, or None close to a cut."""
        stay = self.world.stay_at(self.time)
        cut_behind = stay.start == 0 or stay.start <= self.time - SECOND
        cut_ahead = stay.end < self.world.settings.duration and self.time > stay.end - _AHEAD
        return stay if cut_behind and not cut_ahead else None

    @cached_property
    def present(self) -> tuple[Visit, ...] | None:
        """The visits in view now, or None while somebody comes or goes."""
        recent = [v for v in self.world.visits if v.enter <= self.time + _AHEAD and v.leave > self.time - SECOND]
        return tuple(recent) if all(self._is_settled(visit) for visit in recent) else None

    @cached_property
    def begun(self) -> tuple[Visit, ...]:
        """The visits that have begun or are about to, the uncertain ones among them."""
        return tuple(visit for visit in self.world.visits if visit.enter <= self.time + _AHEAD)

    @cached_property
    def visits(self) -> Mapping[str, tuple[Visit, ...]]:
        """The visits so far of everybody who has been seen; those about whom anything is uncertain are left out."""
        seen: dict[str, list[Visit]] = {}
        for visit in self.begun:
            seen.setdefault(visit.who, []).append(visit)
        return {who: tuple(visits) for who, visits in seen.items() if visits[-1].settled[0] <= self.time - SECOND}

    @cached_property
    def debuts(self) -> Mapping[str, Visit]:
        """The first visit of everybody whose first one is certain, whatever they do now."""
        first = {visit.who: visit for visit in reversed(self.begun)}
        certain = (who for who, visit in first.items() if visit.settled[0] <= self.time - SECOND)
        return {who: first[who] for who in certain}

    @cached_property
    def gone(self) -> Mapping[str, Visit]:
        """The last visit of everybody who has been seen and is no longer in view."""
        last = {who: visits[-1] for who, visits in self.visits.items()}
        return {who: visit for who, visit in last.items() if visit.leave <= self.time - SECOND}

    @cached_property
    def unseen(self) -> tuple[str, ...]:
        """Everybody who has not been seen yet."""
        seen = {visit.who for visit in self.begun}
        return tuple(name for name in CHARACTERS if name not in seen)

    @cached_property
    def meetings(self) -> Mapping[frozenset[str], Meeting | None]:
        """The last meeting of every two who have met; None for two of whom it is uncertain."""
        met: dict[frozenset[str], Meeting | None] = {}
        for meeting in self.world.meetings:
            if meeting.start <= self.time + _AHEAD:
                met[meeting.names] = meeting if meeting.settled <= self.time - SECOND else None
        return met

    def _is_settled(self, visit: Visit) -> bool:
        first, last = visit.settled
        return first <= self.time - SECOND and self.time <= last
