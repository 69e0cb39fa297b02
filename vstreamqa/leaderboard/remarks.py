"""What must be said beside published figures: warnings, reproductions, and when a split's questions are asked.

They are data (`warnings.yaml`, `reproductions.yaml`, `splits.yaml`), and none may be about nothing: a remark that
matches no row is a mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.files import read_file
from vstreamqa.leaderboard.published import Claim, Text
from vstreamqa.suites import SUITES

Asked = Literal["online", "offline"]
"""`online`: while the video runs, of what was seen so far; `offline`: after the whole video or clip."""


class Match(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows a remark is about: every field that is given must be equal."""

    source: Text
    """Stem of a file in `published/`."""
    model: Text
    suite: Text | None = None
    splits: tuple[Text, ...] = ()
    metric: Text | None = None

    def fits(self, claim: Claim) -> bool:
        """Say whether a row is meant."""
        row = claim.row
        return (
            claim.origin == self.source
            and row.model == self.model
            and (self.suite is None or row.suite == self.suite)
            and (not self.splits or row.split in self.splits)
            and (self.metric is None or row.metric == self.metric)
        )


class Caution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning that stands at every row it is about."""

    title: Text
    evidence: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    rows: Annotated[tuple[Match, ...], msgspec.Meta(min_length=1)]


class Reproduction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure that others got where a paper claims another; both name exactly one row."""

    claim: Match
    again: Match
    note: Text


class Split(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the questions of a split are asked, and who says so."""

    suite: Text
    splits: tuple[Text, ...] = ()
    """All of the suite's if none is named."""
    asked: Asked
    why: Text


class Remarks(msgspec.Struct, frozen=True, kw_only=True):
    """All remarks, resolved to the keys of the rows they are about."""

    warnings: dict[str, tuple[Caution, ...]]
    again: dict[str, tuple[tuple[str, str], ...]]
    """Of a claim: the key of each reproduction, and its note."""
    claimed: dict[str, tuple[tuple[str, str], ...]]
    """Of a reproduction: the key of the claim, and the note."""
    splits: tuple[Split, ...]

    def asked(self, suite: str, split: str) -> Asked | None:
        """Return when a split's questions are asked, None where nobody says."""
        split_of_it = self.split(suite, split)
        return None if split_of_it is None else split_of_it.asked

    def split(self, suite: str, split: str) -> Split | None:
        """Return what is said of a split, None where nothing is."""
        # A run of `vstream-qa/rvs-ego` is asked as `VStream-QA`, `RVS-Ego` is.
        found = [one for one in self.splits if _is_of(one, suite.lower(), split.lower())]
        return found[0] if found else None


def read_remarks(folder: Path, claims: Sequence[Claim]) -> Remarks:
    """Read the remarks of a leaderboard folder and find the rows they are about.

    Raises:
        UserError: a file cannot be read, or a remark matches no row (a reproduction: not exactly one).
    """
    warnings: dict[str, tuple[Caution, ...]] = {}
    path = folder / "warnings.yaml"
    for caution in read_file(path, tuple[Caution, ...]):
        for match in caution.rows:
            for key in _keys(path, match, claims):
                warnings[key] = (*warnings.get(key, ()), caution)
    path = folder / "reproductions.yaml"
    again: dict[str, tuple[tuple[str, str], ...]] = {}
    claimed: dict[str, tuple[tuple[str, str], ...]] = {}
    for one in read_file(path, tuple[Reproduction, ...]):
        claim, other = (_one(path, match, claims) for match in (one.claim, one.again))
        again[claim] = (*again.get(claim, ()), (other, one.note))
        claimed[other] = (*claimed.get(other, ()), (claim, one.note))
    return Remarks(warnings=warnings, again=again, claimed=claimed, splits=_splits(folder / "splits.yaml", claims))


def _keys(path: Path, match: Match, claims: Sequence[Claim]) -> list[str]:
    keys = [claim.key for claim in claims if match.fits(claim)]
    if not keys:
        raise UserError(f"{path}: {_said(match)} matches no published row; mend the field that differs")
    return keys


def _one(path: Path, match: Match, claims: Sequence[Claim]) -> str:
    keys = _keys(path, match, claims)
    if len(keys) > 1:
        raise UserError(f"{path}: {_said(match)} matches {len(keys)} published rows; name split and metric")
    return keys[0]


def _said(match: Match) -> str:
    given = {name: value for name, value in msgspec.structs.asdict(match).items() if value}
    return ", ".join(f"{name} {value!r}" for name, value in given.items())


def _is_of(one: Split, suite: str, split: str) -> bool:
    return one.suite.lower() == suite and (not one.splits or split in {name.lower() for name in one.splits})


def _splits(path: Path, claims: Sequence[Claim]) -> tuple[Split, ...]:
    known = {(claim.row.suite, claim.row.split) for claim in claims}
    splits = read_file(path, tuple[Split, ...])
    for one in splits:
        named = {(one.suite, split) for split in one.splits} or {(one.suite, split) for _, split in known}
        # Of a suite that can be run here, there may be nothing but submissions, or not even these.
        if one.suite not in SUITES and not named & known:
            raise UserError(f"{path}: suite {one.suite!r}, splits {one.splits}: no published row has them")
    return splits
