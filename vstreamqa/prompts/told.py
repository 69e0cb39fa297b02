"""Say what there is of official wording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vstreamqa.prompts.imported import Imported, digest, imported
from vstreamqa.prompts.official import SETS
from vstreamqa.prompts.policy import OWN


def told(found: Imported, folder: Path) -> Iterator[str]:
    """Yield what an import came to, a line for each wording, file and set.

    Args:
        found: what it came to.
        folder: where wording is kept.
    """
    for wording, place in found.found:
        yield f"found     {wording.id}: {place}"
    for wording, other in found.differing:
        yield (
            f"differs   {wording.id}: {other.place} has {len(other.text.value)} characters and hash "
            f"{digest(other.text.value)}; the official wording has {wording.characters} and {wording.digest}"
        )
    for wording in found.missing:
        yield f"missing   {wording.id}: {wording.place}"
    for line in found.unread:
        yield f"not read  {line}"
    for one in found.kept:
        yield f"kept      {one.name}, in {folder}"
    for one in found.left:
        yield f"not kept  {one.name}: a set is kept whole or not at all; try another commit of {one.repositories}"


def prompts_there() -> dict[str, str]:
    """Return every wording by its id, with what is said of it: what it is for, and whether it was imported."""
    own = {OWN.id: f"our own wording of questions, version {OWN.version} ({OWN.spec()['hash']})"}
    official: dict[str, str] = {}
    for one in SETS:
        there = imported(one) is not None
        how = "imported" if there else f"not imported (vstreamqa prompts import --from CHECKOUT of {one.repositories})"
        official |= {wording.id: f"{wording.what}, {wording.digest}: {how}" for wording in one.wordings}
    return {**own, **official}
