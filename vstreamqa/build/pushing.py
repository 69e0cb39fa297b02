"""Upload the tables and the card of a built suite to the hub; media stay where they are."""

from __future__ import annotations

from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.suites.form import CARD, INDEX, front_matter, read_index


def uploads(root: Path) -> list[Path]:
    """Return what is uploaded of a suite, relative to its folder: the card, the index, the tables.

    Raises:
        UserError: no suite was built at the folder.
    """
    found = read_index(root)
    if found is None:
        raise UserError(f"{root}: no suite is built there; name the folder that `vstreamqa build` was given as --out")
    index, edition = found
    return [Path(CARD), *((edition / name).relative_to(root) for name in (INDEX, *sorted(index.files)))]


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
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    files = uploads(root)
    licence = front_matter((root / CARD).read_text(encoding="utf-8")).get("license")
    if public and licence in (None, "unknown"):
        raise UserError(f"{root / CARD}: states no licence to publish it under; push it without --public")
    api = HfApi()
    try:
        api.create_repo(repo, repo_type="dataset", private=not public, exist_ok=True)
        there = set(api.list_repo_files(repo, repo_type="dataset"))
        names = [path.as_posix() for path in files]
        stale = sorted(name for name in there if name.startswith("data/") and name not in names)
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(CommitOperationAdd(path_in_repo=name, path_or_fileobj=root / name) for name in names),
            *(CommitOperationDelete(path_in_repo=name) for name in stale),
        ]
        commit = api.create_commit(repo, operations, commit_message="Update the suite", repo_type="dataset")
    except (HfHubHTTPError, HFValidationError, OfflineModeIsEnabled, OSError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"push to {repo}: {reason}; check the name, the network and `hf auth login`") from error
    return str(commit.commit_url)
