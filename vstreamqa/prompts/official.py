"""Which official wording there is: where it stands in its repository, and the hash by which it is known.

The wording itself is not copied into the project; `vstreamqa prompts import` reads it from a checkout.
"""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM, USER = "system", "user"
"""Names of wording that is a message of a chat, and not a constant."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One template.

    Attributes:
        id: its name here.
        what: what it is for.
        file: the end of the path of its file; empty where repositories differ in it.
        name: of the constant, or the role of the message.
        characters: its length.
        digest: the first 16 hex digits of the SHA-256 of its UTF-8, placeholders as they stand in the source; the
            fields of an f-string by their names (`{question}`).
    """

    id: str
    what: str
    file: str
    name: str
    characters: int
    digest: str

    @property
    def place(self) -> str:
        """Return where it stands, for people."""
        return f"{self.name} in {self.file}" if self.file else f"the {self.name} message of the evaluation script"


@dataclass(frozen=True, slots=True)
class WordingSet:
    """Wording that stands in one repository, and is kept together or not at all.

    Attributes:
        name: of the set.
        repositories: where it is found, for people.
        wordings: what belongs to it.
    """

    name: str
    repositories: str
    wordings: tuple[Wording, ...]


JUDGE = WordingSet(
    "judge",
    "Flash-VStream, ReKV or HERMES",
    (
        Wording("judge/system", "judge of open answers, system turn", "", SYSTEM, 498, "12b9e42d120081bf"),
        Wording("judge/user", "judge of open answers, user turn", "", USER, 665, "66490ee04d3bedaa"),
    ),
)

_CHOICE = "src/benchmark/StreamingBench.py"

STREAMINGBENCH = WordingSet(
    "streamingbench",
    "StreamingBench",
    (
        Wording("streamingbench/choice", "multiple choice", _CHOICE, "PROMPT_TEMPLATE", 396, "19e1898616f2a555"),
        Wording(
            "streamingbench/open",
            "without options",
            _CHOICE,
            "PROMPT_TEMPLATE_WITHOUT_OPTIONS",
            231,
            "8f739e52eb432ee6",
        ),
        Wording(
            "streamingbench/proactive",
            "proactive",
            "src/benchmark/StreamingBenchProactive.py",
            "PROMPT_TEMPLATE_PROACTIVE",
            378,
            "0d167487595dc06f",
        ),
        Wording(
            "streamingbench/sequential",
            "sequential",
            "src/benchmark/StreamingBenchSQA.py",
            "PROMPT_TEMPLATE",
            495,
            "0bd83cb3a3d25422",
        ),
    ),
)

OVO_BENCH = WordingSet(
    "ovo-bench",
    "OVO-Bench",
    (
        Wording("ovo-bench/br", "backward and real-time", "constant.py", "BR_PROMPT_TEMPLATE", 178, "f825899ecacf4e13"),
        Wording("ovo-bench/rec", "REC", "constant.py", "REC_PROMPT_TEMPLATE", 529, "c1c5bd94d42d2077"),
        Wording("ovo-bench/ssr", "SSR", "constant.py", "SSR_PROMPT_TEMPLATE", 323, "8a941c4cdd3a26e1"),
        Wording("ovo-bench/crr", "CRR", "constant.py", "CRR_PROMPT_TEMPLATE", 425, "c8fc7989ca583a89"),
    ),
)

SETS = (JUDGE, STREAMINGBENCH, OVO_BENCH)
