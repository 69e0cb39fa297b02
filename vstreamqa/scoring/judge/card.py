"""What a judge is worth, measured on constructed pairs, and where that is kept.

A card belongs to one identity: name, revision, rubric and temperature. A judge that differs in any of them has none.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from vstreamqa.atomic import write_atomically
from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.resources import cache_folder
from vstreamqa.schema import Record
from vstreamqa.scoring.judge.base import Identity
from vstreamqa.scoring.judge.pairs import Kind

VERSION = 1
"""Counts the changes of the card's fields."""


class Share(Record, frozen=True, kw_only=True):
    """A share of pairs with its 95 % interval; the source videos are its clusters."""

    n: int
    """Pairs that have a verdict."""
    count: int
    value: float | None
    """count / n; None where there is no pair."""
    interval: tuple[float, float] | None
    """None where the pairs are of fewer than two videos."""
    interval_method: str | None
    clusters: int
    effective_n: float | None
    """How many independent pairs would tell as much; None with the interval."""
    errors: int
    """Further pairs, of which the judge was asked and gave no verdict."""


class Shift(Record, frozen=True, kw_only=True):
    """A difference of two shares of the same questions, first minus second, with its 95 % interval."""

    n: int
    difference: float
    interval: tuple[float, float] | None
    interval_method: str | None
    clusters: int


class KindShare(Record, frozen=True, kw_only=True):
    """How often one kind of pair was judged as it should be."""

    kind: Kind
    expected: bool
    share: Share


class JudgeCard(Record, frozen=True, kw_only=True):
    """What a judge is worth. Shares are fractions from 0 to 1."""

    judge: Identity
    suites: tuple[str, ...]
    """The configs whose questions the pairs were made of."""
    n_questions: int
    n_pairs: int
    """Those with gold and answer exchanged included."""
    seed: int
    pairs_hash: str
    true_positive: Share
    """Right answers that were judged right, over all kinds."""
    true_negative: Share
    """Wrong answers that were judged wrong, over all kinds."""
    open_true_positive: Share
    """The same over golds that do not begin with yes or no: what the strict rules leave to a judge."""
    open_true_negative: Share
    kinds: tuple[KindShare, ...]
    position: Share
    """Verdicts that changed when gold and answer changed places."""
    position_lean: Shift | None
    """Share of yes as the pairs are, minus that with gold and answer exchanged."""
    length_right: Shift | None
    """Share of yes for right answers within a longer sentence, minus that for the same answers alone."""
    length_wrong: Shift | None
    """The same for wrong answers: above 0, the judge is taken in by length."""
    repeatability: Share
    """Verdicts that were the same when the same pair was put a second time."""
    error_share: float
    """Pairs without a verdict, of all that were put once."""
    input_tokens: int | None
    """What its replies took, those from the cache of verdicts included; None if the judge does not say."""
    output_tokens: int | None
    created_at: str
    """Wall time, ISO 8601."""
    vstreamqa: str
    """Version of the program."""
    version: int = VERSION


def cards_folder() -> Path:
    """Return where cards are kept: below the user's cache folder."""
    return cache_folder() / "cards"


def card_path(identity: Identity, folder: Path) -> Path:
    """Return the file of a judge's card in a folder of cards."""
    return folder / f"{spec_hash(msgspec.to_builtins(identity))}.json"


def write_card(card: JudgeCard, path: Path) -> None:
    """Write a card; whoever reads meanwhile finds the old one or the new one.

    Raises:
        UserError: the file cannot be written.
    """
    try:
        write_atomically(path, msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n")
    except OSError as error:
        raise UserError(f"{path}: the card cannot be written ({error.strerror}); name another place") from error


def read_card(path: Path) -> JudgeCard:
    """Read a card.

    Raises:
        UserError: it is not there, is no card, or one of another version.
    """
    try:
        card = msgspec.json.decode(path.read_bytes(), type=JudgeCard)
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such card; make one with vstreamqa judge-card JUDGE") from error
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise UserError(f"{path}: not a judge card ({error}); remove it and make it again with judge-card") from error
    if card.version != VERSION:
        raise UserError(f"{path}: a card of version {card.version}, not {VERSION}; make it again with judge-card")
    return card


def load_card(identity: Identity, folder: Path | None = None) -> JudgeCard | None:
    """Return the card of a judge, or None if it has none: it is then uncalibrated.

    Args:
        identity: of the judge.
        folder: where cards are; None for the user's.

    Raises:
        UserError: the card is damaged, of another version, or another judge's under this one's name.
    """
    path = card_path(identity, cards_folder() if folder is None else folder)
    if not path.exists():
        return None
    card = read_card(path)
    if card.judge != identity:
        raise UserError(f"{path}: the card of another judge ({card.judge.name}); remove it and make it again")
    return card
