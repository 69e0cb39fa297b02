"""What a judge is asked: the wording, its identity, and how question, gold and answer are put into it as data.

What comes from a dataset or a model must not steer the judge. In our own wording and in files it is therefore written
as JSON with `<`, `>` and `&` escaped: it ends at its closing quote, cannot contain the tags around it, and cannot spell
control words of chat templates such as `<|im_end|>`. Whether a given model obeys words inside the quotes all the same
only that model can show: the judge card measures it, no test of this structure can.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.scoring.judge.base import Case

SEPARATOR = "---user---"
"""A line of that alone stands between the system's turn and the user's in a file."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z_0-9]*)\}")
_HEX_DIGITS = 16
_ESCAPED = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\N{NEXT LINE}": "\\u0085",
        "\N{LINE SEPARATOR}": "\\u2028",
        "\N{PARAGRAPH SEPARATOR}": "\\u2029",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """A judge's wording.

    Attributes:
        id: where it comes from: `own`, `official` or `file`.
        version: of our own wording; None for others, which their hash tells apart.
        system: the system's turn, may be empty.
        user: the user's turn, with placeholders in braces.
        fields: how data is put in: `quoted` as JSON, `bare` as it is (the official wording, which quotes nothing).
        schema: JSON schema of the reply that the wording asks for, for servers that can hold a model to one; None if
            the wording asks for something else.
    """

    id: str
    version: int | None = None
    system: str
    user: str
    fields: Literal["quoted", "bare"] = "quoted"
    schema: Mapping[str, object] | None = None

    @property
    def text(self) -> str:
        """The template, as it would stand in a file."""
        return f"{self.system}\n{SEPARATOR}\n{self.user}" if self.system else self.user

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of the template, UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:_HEX_DIGITS]

    @property
    def name(self) -> str:
        """As tables call it: `own/1`, `official`, `file`."""
        return self.id if self.version is None else f"{self.id}/{self.version}"

    def messages(self, case: Case) -> list[dict[str, str]]:
        """Return the chat messages that put a case to a judge."""
        values = self._values(case)
        # One pass: a placeholder within an answer is text.
        user = PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), self.user)
        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, {"role": "user", "content": user}]

    def _values(self, case: Case) -> dict[str, str]:
        if self.fields == "bare":
            return {"question": case.question, "answer": " or ".join(case.golds), "pred": case.prediction}
        golds: str | Sequence[str] = case.golds[0] if len(case.golds) == 1 else case.golds
        return {
            "question": quoted(case.question),
            "answer": quoted(golds),
            "prediction": quoted(case.prediction),
        }


def quoted(value: str | Sequence[str]) -> str:
    """Return text, or several texts, as JSON in one line that no tag and no other line can be part of."""
    text = json.dumps(value, ensure_ascii=False).translate(_ESCAPED)
    return text.encode(errors="backslashreplace").decode()  # half a character has no UTF-8, but an escape


def official_rubric(system: str, user: str) -> Rubric:
    """Return the official wording of the open-ended evaluation scripts, of which the project has no copy.

    Args:
        system: the first message's content.
        user: the second message's, with `{question}`, `{answer}` and `{pred}`; other braces are text. Several golds
            are joined by " or ", which the official scripts never meet.
    """
    return Rubric(id="official", system=system, user=user, fields="bare")
