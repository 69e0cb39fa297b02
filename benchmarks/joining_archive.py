"""One folder of an archive published in three pieces: read across the pieces, against joining them into a file first.

The archive holds folders of 1,000 stored members of 100 kB, noise between the marks of a JPEG file; the folder wanted
lies across the end of the first piece. Each run has a process of its own and finds the pieces out of the page cache;
the sides take turns, and the median of three runs counts. Linux only.

    python benchmarks/joining_archive.py [--gib 2]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

from recording import record

from vstreamqa.build.archives import Archive
from vstreamqa.build.pieces import find_pieces

RUNS = 3
PIECES = 3
MEMBERS = 1000
MEMBER_BYTES = 100_000
FOLDER_BYTES = MEMBERS * MEMBER_BYTES
MIB = 1 << 20


def make_pieces(folder: Path, folders: int) -> list[Path]:
    """Write the archive and cut it as `split -n 3` does."""
    whole, noise = folder / "frames.zip", random.Random(0)
    with ZipFile(whole, "w") as file:
        for video, number in itertools.product(range(folders), range(MEMBERS)):
            content = b"\xff\xd8\xff" + noise.randbytes(MEMBER_BYTES - 5) + b"\xff\xd9"
            file.writestr(f"ego4d_frames/{video:06}/{number:06}.jpg", content)
    pieces = [whole.with_suffix(f".parta{letter}") for letter in "abc"]
    with whole.open("rb") as file_to_cut:
        for piece in pieces:
            left = -(-whole.stat().st_size // PIECES)
            with piece.open("wb") as target:
                while left and (content := file_to_cut.read(min(left, MIB))):
                    left -= target.write(content)
    whole.unlink()
    return pieces


def forget(paths: Sequence[Path]) -> None:
    """Take files out of the page cache."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def unpack(side: str, folder: Path, video: str) -> dict[str, float]:
    """Unpack one folder; return the time in s, the peak memory and the disk that the joined file took, in bytes."""
    paths, joined = find_pieces(folder, "frames"), folder / "joined.zip"
    begun = time.perf_counter()
    if side == "joined":
        with joined.open("wb") as target:
            for path in paths:
                with path.open("rb") as piece:
                    shutil.copyfileobj(piece, target, MIB)
        paths = (joined,)
    with Archive(paths) as archive:
        archive.extract(archive.folders()[video], folder / "out")
    taken = time.perf_counter() - begun
    return {"s": taken, "peak": peak_bytes(), "disk": joined.stat().st_size if side == "joined" else 0}


def peak_bytes() -> int:
    """Return the most memory this process had resident; `getrusage` would count the one that started it too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def run(side: str, folder: Path, pieces: Sequence[Path], video: str) -> dict[str, float]:
    """Unpack in a process of its own, and remove what it has made."""
    forget(pieces)
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder), "--video", video]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    unpacked = list((folder / "out").iterdir())
    assert len(unpacked) == MEMBERS
    assert sum(path.stat().st_size for path in unpacked) == FOLDER_BYTES
    shutil.rmtree(folder / "out")
    (folder / "joined.zip").unlink(missing_ok=True)
    return found


def measure(folder: Path, folders: int) -> None:
    """Make the archive, compare the two sides and keep the figures."""
    pieces = make_pieces(folder, folders)
    size = sum(path.stat().st_size for path in pieces)
    video = f"{folders // PIECES:06}"
    sides: dict[str, list[dict[str, float]]] = {"pieces": [], "joined": []}
    for _ in range(RUNS):
        for side, runs in sides.items():
            runs.append(run(side, folder, pieces, video))

    def median(side: str, key: str) -> float:
        return statistics.median(one[key] for one in sides[side])

    record(
        Path(__file__),
        {
            "archive": f"{size / 2**30:.2f} GiB in {PIECES} pieces, {folders * MEMBERS} stored members of 100 kB",
            "wanted": f"one folder, {MEMBERS} members, {FOLDER_BYTES / MIB:.0f} MiB, across the end of a piece",
            "runs": RUNS,
            "pieces_s": round(median("pieces", "s"), 2),
            "joined_s": round(median("joined", "s"), 2),
            "joined_over_pieces_time": round(median("joined", "s") / median("pieces", "s"), 1),
            "pieces_peak_mib": round(median("pieces", "peak") / MIB, 1),
            "joined_peak_mib": round(median("joined", "peak") / MIB, 1),
            "joined_over_pieces_peak": round(median("joined", "peak") / median("pieces", "peak"), 2),
            "pieces_extra_disk_mib": round(median("pieces", "disk") / MIB),
            "joined_extra_disk_mib": round(median("joined", "disk") / MIB),
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=2, help="size of the archive, about")
    parser.add_argument("--side", choices=["pieces", "joined"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--video", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(unpack(arguments.side, arguments.folder, arguments.video)))
        return
    folders = max(2, round(arguments.gib * 2**30 / FOLDER_BYTES))
    folders -= folders % PIECES == 0  # or a piece would end where a folder does
    with tempfile.TemporaryDirectory() as name:
        needed, free = (2 * folders + 2) * FOLDER_BYTES, shutil.disk_usage(name).free
        if needed > free:
            sys.exit(f"{name}: {needed} bytes are needed and {free} are free; name another TMPDIR, or a smaller --gib")
        measure(Path(name), folders)


if __name__ == "__main__":
    main()
