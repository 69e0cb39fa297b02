"""A judge that is asked only what it was not asked before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.errors import UserError
from vstreamqa.scoring.judge import cost
from vstreamqa.scoring.judge.base import Case, Identity, Judge, Opinion
from vstreamqa.scoring.judge.cache import VerdictCache


def with_cache(judge: Judge) -> CachedJudge:
    """Put the user's cache in front of a judge, who is closed if there is none.

    Verdicts of a server are kept apart from those of another that calls its model the same, whichever way it was named.

    Raises:
        UserError: the cache is damaged, locked, or cannot be written to.
    """
    server = getattr(judge, "server", None)
    try:
        return CachedJudge(judge, VerdictCache(server=server if isinstance(server, str) else None))
    except BaseException:
        judge.close()
        raise


class CachedJudge:
    """Another judge, with its verdicts kept; a case that occurs often is put to it once.

    Attributes:
        hits: cases answered without asking.
        misses: distinct cases that were put to the judge.
        trouble: why verdicts are no longer kept, one line; None if they are. The verdicts themselves are not lost:
            only the next run will ask for them again.
    """

    def __init__(self, judge: Judge, cache: VerdictCache) -> None:
        """Take the judge and where its verdicts are kept; both are closed with this."""
        self._judge = judge
        self._cache = cache
        self._asked = judge.identity
        self._recalled: Identity | None = None
        self.hits = 0
        self.misses = 0
        self.trouble: str | None = None

    @property
    def identity(self) -> Identity:
        """The judge's; after `covers` has said yes, what it was when it was last asked."""
        return self._recalled or self._judge.identity

    @property
    def spent(self) -> cost.Cost | None:
        """What the judge itself has cost so far."""
        return cost.spent(self._judge)

    def estimate(self, cases: Sequence[Case]) -> cost.Cost | None:
        """Say what judging cases will cost: only those that must be asked."""
        known = self._cache.get(self._likely, cases)
        return cost.estimate(
            list(dict.fromkeys(c for c, o in zip(cases, known, strict=True) if o is None)), self._judge
        )

    def covers(self, cases: Sequence[Case]) -> bool:
        """Whether all cases can be answered without the judge, as the one it was when it was last asked.

        After a yes the judge need not be checked, or be there at all: the second scoring of the same answers costs
        nothing. A floating name that has been moved since is noticed only by `check`.
        """
        last = self._cache.recall(self._asked)
        if last is None or None in self._cache.get(last, cases):
            return False
        self._recalled = last
        return True

    def check(self) -> None:
        """See that the judge can be used.

        Raises:
            JudgeUnavailableError: it cannot.
        """
        self._judge.check()
        self._recalled = None
        self._cache.remember(self._asked, self._judge.identity)

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        """Yield what is known first, then what the judge says."""
        places: dict[Case, list[int]] = {}
        for place, (case, known) in enumerate(zip(cases, self._cache.get(self.identity, cases), strict=True)):
            if known is None:
                places.setdefault(case, []).append(place)
            else:
                self.hits += 1
                yield place, known
        self.misses += len(places)
        if places:
            yield from self._ask(places)

    def close(self) -> None:
        """Close the judge and the cache."""
        self._judge.close()
        self._cache.close()

    @property
    def _likely(self) -> Identity:
        """What it is, or, before it was checked, what it was when it was last asked."""
        unchecked = self.identity == self._asked
        return (self._cache.recall(self._asked) if unchecked else None) or self.identity

    def _ask(self, places: dict[Case, list[int]]) -> Iterator[tuple[int, Opinion]]:
        distinct = list(places)
        for number, opinion in self._judge.opinions(distinct):
            self._keep(distinct[number], opinion)
            for place in places[distinct[number]]:
                yield place, opinion

    def _keep(self, case: Case, opinion: Opinion) -> None:
        if self.trouble is not None:
            return
        try:
            self._cache.put(self._judge.identity, case, opinion)
        except UserError as error:
            self.trouble = str(error)
