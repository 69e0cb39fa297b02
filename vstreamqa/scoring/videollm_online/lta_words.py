"""The verbs and nouns of Ego4D's long-term anticipation as VideoLLM-online writes them."""

from __future__ import annotations

_FORMS = {
    "pot_(planter)": "flowerpot",
    "bat_(sports)": "sport bat",
    "bat_(tool)": "bat",
    "nut_(food)": "nuts",
    "nut_(tool)": "nut",
    "chip_(food)": "snack",
    "chip_(wood,_metal)": "chip",
}


def word_of(label: str) -> str:
    """Return the word of a taxonomy entry: what stands before its parenthesis, or a form of its own."""
    if label in _FORMS:
        return _FORMS[label]
    return label.partition("(")[0].replace("_", " ").strip()


def action_text(verb: str, noun: str) -> str:
    """Return how an action is named: "wash flowerpot"."""
    return f"{verb} {noun}"
