"""Deal out who is asked about in which stream, so that over all streams no name and no wording tells an answer.

Twelve streams in four blocks of three. Each shows four characters, one of each colour, in its first act and never
again; two characters are never seen; the other six come and go all along. Over a block every character is in the first
act of one stream, so over the four blocks it can do each of the four actions there once, be asked about as present in
two, as absent in two others, and come once, twice and three times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from vstreamqa.build.mini.names import ACTIONS, CHARACTERS, COLOURS, SHAPES
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.world import Split

STREAMS = len(COLOURS) * len(SHAPES)
_ABSENT = 2
_HALF = len(CHARACTERS) // _ABSENT
"""So many streams have an absent pair each without anybody being absent twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who does what in one stream.

    Attributes:
        times: how often each of the four comes who are seen in the first act and never again.
        actions: what each of them does the last time, and no other of its shape ever does.
        present: the two of them who are asked about as having appeared.
        absent: the two who never appear, in the order of those who stand for the opposite answer.
    """

    times: Mapping[str, int]
    actions: Mapping[str, str]
    present: tuple[str, str]
    absent: tuple[str, str]

    @property
    def others(self) -> tuple[str, ...]:
        """Everybody who comes and goes and is never asked about."""
        return tuple(name for name in CHARACTERS if name not in self.times and name not in self.absent)

    def free_actions(self, who: str) -> tuple[str, ...]:
        """Return what somebody may do without its shape and action being mistaken for those asked about."""
        shape = CHARACTERS[who].shape
        kept = {action for other, action in self.actions.items() if CHARACTERS[other].shape == shape}
        return tuple(action for action in ACTIONS if action not in kept)


def deal_roles(split: Split, seed: int) -> list[Roles]:
    """Return the roles of all streams; the same arguments always give the same ones."""
    rng = draws(split, seed, "horizon", "roles")
    casts = list(_casts(rng))
    actions = _actions(rng, casts)
    absent = _absent(rng, casts)
    present = list(_present(rng, casts))
    return [
        Roles(times=_times(number, cast), actions=actions[number], present=present[number], absent=absent[number])
        for number, cast in enumerate(casts)
    ]


def _casts(rng: Random) -> Iterator[list[str]]:
    for _ in COLOURS:
        # All three shapes, so that no more than two actions of a shape are taken.
        shapes = [*SHAPES, rng.choice(SHAPES)]
        rng.shuffle(shapes)
        for turn in range(len(SHAPES)):
            turned = (SHAPES[(SHAPES.index(shape) + turn) % len(SHAPES)] for shape in shapes)
            yield [colour + shape for colour, shape in zip(COLOURS, turned, strict=True)]


def _times(number: int, cast: Sequence[str]) -> dict[str, int]:
    block, turn = divmod(number, len(SHAPES))
    counts = (1, 2, 3, 1 + turn)
    return {who: counts[(at + block) % len(counts)] for at, who in enumerate(cast)}


def _actions(rng: Random, casts: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """Give everybody another action in each block, the two of one shape in one stream never the same."""
    while True:
        orders = {name: rng.sample(ACTIONS, len(ACTIONS)) for name in sorted(CHARACTERS)}
        dealt = [{who: orders[who][n // len(SHAPES)] for who in cast} for n, cast in enumerate(casts)]
        if all(len({(CHARACTERS[who].shape, action) for who, action in one.items()}) == len(one) for one in dealt):
            return dealt


def _present(rng: Random, casts: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    for first in range(0, len(casts), 2 * len(SHAPES)):
        colours = rng.sample(range(len(COLOURS)), len(COLOURS))
        for n, cast in enumerate(casts[first : first + 2 * len(SHAPES)]):
            one, other = colours[:2] if n < len(SHAPES) else colours[2:]
            yield cast[one], cast[other]


def _absent(rng: Random, casts: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    halves = (_absent_once(rng, casts[first : first + _HALF]) for first in range(0, len(casts), _HALF))
    return [pair for half in halves for pair in half]


def _absent_once(rng: Random, casts: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Let everybody be absent from one of the streams whose first act it is not in."""
    while True:
        names = rng.sample(sorted(CHARACTERS), len(CHARACTERS))
        pairs = list(zip(names[::_ABSENT], names[1::_ABSENT], strict=True))
        if not any(who in cast for pair, cast in zip(pairs, casts, strict=True) for who in pair):
            return pairs
