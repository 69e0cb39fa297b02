"""A rubric of one's own, from a file: `--judge-prompt FILE`.

UTF-8 text with the placeholders `{question}`, `{answer}` and `{prediction}`, each at least once. A line `---user---`
parts the system's turn (above) from the user's (below); without it everything is the user's. Other braces are text.
Question, answer and prediction are put in as JSON strings (several accepted answers as a list). The reply must hold an
object with `verdict` (or `pred`) "yes" or "no" and, if there is to be one, a `score` from 0 to 5. The rubric's identity
is the hash of the text.
"""

from __future__ import annotations

from pathlib import Path

from vstreamqa.errors import UserError, suggestion
from vstreamqa.scoring.judge.rubric import PLACEHOLDER, SEPARATOR, Rubric

_KNOWN = ("question", "answer", "prediction")


def read_rubric(path: Path) -> Rubric:
    """Read a rubric from a file.

    Raises:
        UserError: the file cannot be read, a placeholder is missing, unknown or in the system's turn, or there is more
            than one separator.
    """
    system, user = _turns(path, _text(path))
    used = PLACEHOLDER.findall(user)
    for name in used:
        if name not in _KNOWN:
            raise UserError(f"{path}: unknown placeholder {{{name}}}{suggestion(name, _KNOWN)}")
    for name in _KNOWN:
        if name not in used:
            raise UserError(f"{path}: the placeholder {{{name}}} is missing from the user's turn; put it in")
    for name in PLACEHOLDER.findall(system):
        raise UserError(f"{path}: the placeholder {{{name}}} stands above {SEPARATOR}; data goes below it")
    return Rubric(id="file", system=system, user=user)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); name a text file with --judge-prompt") from error


def _turns(path: Path, text: str) -> tuple[str, str]:
    parts = text.split("\n")
    places = [number for number, line in enumerate(parts) if line.strip() == SEPARATOR]
    if len(places) > 1:
        raise UserError(f"{path}, line {places[1] + 1}: a second {SEPARATOR}; one at most parts the two turns")
    if not places:
        return "", text
    return "\n".join(parts[: places[0]]), "\n".join(parts[places[0] + 1 :])
