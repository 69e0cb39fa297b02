"""Prompt policies: an id, a version, a template per question format, and a hash over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vstreamqa.errors import UserError, suggestion
from vstreamqa.hashing import spec_hash
from vstreamqa.letters import letter_of, without_letter
from vstreamqa.models.base import Prompt
from vstreamqa.schema import Format, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPolicy:
    """A named wording.

    Attributes:
        id: name of the policy.
        version: raised whenever a template changes.
        templates: per question format; `{question}` and, for choices, `{options}` are filled in.
    """

    id: str
    version: int
    templates: Mapping[Format, str]

    def render(self, question: Question) -> Prompt:
        """Put a question into words."""
        numbered = enumerate(question.options or ())
        options = "\n".join(f"({letter_of(i)}) {without_letter(option, i)}" for i, option in numbered)
        # Plain replacement: a question may hold braces.
        text = self.templates[question.format].replace("{options}", options).replace("{question}", question.text)
        return Prompt(text=text, format=question.format, options=question.options)

    def spec(self) -> dict[str, str | int]:
        """Return what stands in `TaskSpec`."""
        return {"id": self.id, "version": self.version, "hash": spec_hash({"templates": dict(self.templates)})}


OWN = PromptPolicy(
    id="own",
    version=1,
    templates={
        "open": "{question}",
        "yes_no": "{question}",
        "count": "{question} Answer with a number.",
        "choice": "{question}\n{options}\nAnswer with the letter of the right option.",
        "proactive": "{question}",
    },
)

_POLICIES = {OWN.id: OWN}


def prompt_policy(name: str) -> PromptPolicy:
    """Return a policy by its id."""
    if name not in _POLICIES:
        raise UserError(f"unknown prompt policy {name!r}{suggestion(name, _POLICIES)}")
    return _POLICIES[name]
