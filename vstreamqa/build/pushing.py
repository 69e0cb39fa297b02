"""Upload the tables and the card of a built suite to the hub; media stay where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vstreamqa.errors import UserError
from vstreamqa.suites.form import CARD, INDEX, front_matter, read_index, tables

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_UNSTATED = (None, "unknown")
"""What a card says that states no licence."""


def uploads(root: Path) -> list[Path]:
    """Return what is uploaded of a suite, relative to its folder: the card, the index, the tables.

    Raises:
        UserError: no suite was built at the folder.
    """
    found = read_index(root)
    if found is None:
        raise UserError(f"{root}: no suite is built there; name the folder that `vstreamqa build` was given as --out")
    index, edition = found
    own = {path for name in index.configs for path in tables(name)}
    if not own.issuperset(index.files):
        raise UserError(f"{edition / INDEX}: lists files that are no tables of its configs; build the suite again")
    return [Path(CARD), *((edition / name).relative_to(root) for name in (INDEX, *sorted(index.files)))]


def _require_private(api: HfApi, repo: str, card: Path) -> None:
    if not api.repo_info(repo, repo_type="dataset").private:
        raise UserError(f"{repo} is public, and {card} states no licence to publish the suite under")


def check_repo(repo: str) -> None:
    """Raise `UserError` if a text cannot be the name of a repository on the hub."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise UserError(f"--repo {repo}: {' '.join(str(error).split())}") from error


def push(root: Path, repo: str, *, public: bool) -> str:
    """Upload a suite as one commit that also removes the tables of earlier editions.

    Args:
        root: the suite's folder.
        repo: namespace and name of a dataset on the hub; made if it is not there.
        public: make a new repository public.

    Returns:
        the address of the commit.

    Raises:
        UserError: no suite was built there, its licence forbids making it public, or the hub refuses or is not reached.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi

    files = uploads(root)
    licence = front_matter((root / CARD).read_text(encoding="utf-8")).get("license")
    if public and licence in _UNSTATED:
        raise UserError(f"{root / CARD}: states no licence to publish it under; push it without --public")
    check_repo(repo)
    api = HfApi()
    try:
        api.create_repo(repo, repo_type="dataset", private=not public, exist_ok=True)
        if licence in _UNSTATED:
            _require_private(api, repo, root / CARD)
        there = set(api.list_repo_files(repo, repo_type="dataset"))
        names = [path.as_posix() for path in files]
        stale = sorted(name for name in there if name.startswith("data/") and name not in names)
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(CommitOperationAdd(path_in_repo=name, path_or_fileobj=root / name) for name in names),
            *(CommitOperationDelete(path_in_repo=name) for name in stale),
        ]
        commit = api.create_commit(repo, operations, commit_message="Update the suite", repo_type="dataset")
    except UserError:
        raise
    except Exception as error:  # what the hub's client raises depends on its version and its transport
        reason = " ".join(str(error).split())
        raise UserError(f"push to {repo}: {reason}; check the name, the network and `hf auth login`") from error
    return str(commit.commit_url)
