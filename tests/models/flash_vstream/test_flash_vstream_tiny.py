import hashlib
from pathlib import Path

from flash_vstream_tiny import tiny_checkpoint

from vstreamqa.models.flash_vstream.tiny import make_tiny


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_tiny_checkpoint_is_the_same_every_time_and_small(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "checkpoint"
    make_tiny(folder)
    assert contents(folder) == contents(tiny_checkpoint())
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 4_000_000
    assert [path.name for path in folder.parent.iterdir()] == ["checkpoint"]


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    (folder / "mine").write_text("kept")
    make_tiny(folder)
    assert contents(folder).keys() == {"mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
