"""Verdicts that were given once, so that a second run costs nothing.

One SQLite file in the user's cache folder, in WAL mode: several processes read and write it at once. A verdict is kept
as soon as it comes, under the SHA-256 of everything it depends on: the judge's identity, question, golds, answer, and
the server where one was named, for two servers may call different models the same. Failures are not kept, nor are keys
or URLs as they stand.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from filelock import FileLock

from vstreamqa.errors import UserError
from vstreamqa.hashing import canonical_json
from vstreamqa.resources import cache_folder
from vstreamqa.scoring.judge.base import Case, Identity, Opinion

FILE = "verdicts.sqlite"
_WAIT_SECONDS = 30.0
_TABLES = """
CREATE TABLE IF NOT EXISTS verdicts (
    key TEXT PRIMARY KEY, judge TEXT NOT NULL, correct INTEGER NOT NULL, score REAL, raw TEXT,
    input_tokens INTEGER, output_tokens INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identities (asked BLOB PRIMARY KEY, identity TEXT NOT NULL) WITHOUT ROWID;
"""
_LOOK_UP = """
SELECT key, correct, score, raw, input_tokens, output_tokens FROM verdicts
WHERE key IN (SELECT value FROM json_each(?))
"""


class VerdictCache:
    """Opinions by what they depend on."""

    def __init__(self, path: Path | None = None, *, server: str | None = None) -> None:
        """Open the file, or make it.

        Args:
            path: the file, `verdicts.sqlite` in the cache folder unless given.
            server: URL of the server whose verdicts these are, None for that of the judge's maker, or none at all.

        Raises:
            UserError: it is damaged, locked, or cannot be written to.
        """
        self.path = path or cache_folder() / FILE
        self._server = None if server is None else server.rstrip("/")
        with self._named():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
            # SQLite waits for a lock, but not while a new file is put into WAL mode: two that make it would collide.
            with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=_WAIT_SECONDS):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.executescript(_TABLES)

    def get(self, identity: Identity, cases: Sequence[Case]) -> list[Opinion | None]:
        """Return what the judge said of each case, None where it was not asked yet."""
        keys = [_key(identity, self._server, case) for case in cases]
        with self._named():
            rows = self._db.execute(_LOOK_UP, (json.dumps(keys),))
            found = {row[0]: _opinion(*row[1:]) for row in rows}
        return [found.get(key) for key in keys]

    def put(self, identity: Identity, case: Case, opinion: Opinion) -> None:
        """Keep a verdict; an opinion without one is not kept."""
        if opinion.correct is None:
            return
        row = (
            _key(identity, self._server, case),
            identity.name,
            opinion.correct,
            opinion.score,
            opinion.raw,
            opinion.input_tokens,
            opinion.output_tokens,
        )
        with self._named():
            self._db.execute("INSERT OR IGNORE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def remember(self, asked: Identity, found: Identity) -> None:
        """Keep what a judge turned out to be once it was asked."""
        with self._named():
            self._db.execute(
                "INSERT OR REPLACE INTO identities VALUES (?, ?)",
                (self._asked(asked), msgspec.json.encode(found).decode()),
            )

    def recall(self, asked: Identity) -> Identity | None:
        """Return what a judge was when it was last asked, None if it never was."""
        with self._named():
            row = self._db.execute("SELECT identity FROM identities WHERE asked = ?", (self._asked(asked),)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Identity)

    def _asked(self, asked: Identity) -> bytes:
        return hashlib.sha256(canonical_json([asked, self._server])).digest()

    def close(self) -> None:
        """Close the file; safe to call more than once."""
        self._db.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say of an error which file it is about, and what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            busy = "locked" in str(error) or "busy" in str(error)
            remedy = "end the process that holds it" if busy else "make its folder writable, or set VSTREAMQA_CACHE"
            raise UserError(f"{self.path}: the verdicts cannot be kept ({error}); {remedy}") from error
        except sqlite3.DatabaseError as error:
            raise UserError(f"{self.path}: damaged ({error}); delete it: its verdicts are asked for again") from error
        except OSError as error:
            raise UserError(
                f"{self.path.parent}: cannot be written to ({error.strerror}); make it writable, or set VSTREAMQA_CACHE"
            ) from error


def _key(identity: Identity, server: str | None, case: Case) -> str:
    """Return the SHA-256 of what a verdict depends on, in canonical form."""
    depends = [
        identity.name,
        identity.revision,
        identity.rubric,
        identity.temperature,
        case.question,
        list(case.golds),
        case.prediction,
        server,
    ]
    # As `canonical_json` writes it, without its walk through values that are plain already.
    if isinstance(depends[3], float) and depends[3].is_integer():
        depends[3] = int(depends[3])
    text = json.dumps(depends, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _opinion(
    correct: int, score: float | None, raw: str | None, input_tokens: int | None, output_tokens: int | None
) -> Opinion:
    return Opinion(correct=bool(correct), score=score, raw=raw, input_tokens=input_tokens, output_tokens=output_tokens)
