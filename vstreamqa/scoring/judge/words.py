"""Words that carry no meaning of their own, and words of one kind: what `rewording` goes by."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = _words(
    """
    a an the this that these those some any each every all both another other others one i me my you your he him his
    she her it its we us our they them their who whom whose which what where when how why there here is are was were am
    be been being do does did done has have had having can could may might must shall should will would not no yes and
    or but nor so then than as if while of in on at to from by for with without into onto over under up down out off
    about after before between through during near along around across against toward towards upon within very more
    most just also only too again once appears appear seems seem video clip frame scene shown seen depicted visible
    """
)

KINDS: dict[str, frozenset[str]] = {
    "colour": _words("black white red green blue yellow orange purple pink brown grey gray beige gold silver violet"),
    "number": _words("one two three four five six seven eight nine ten eleven twelve twenty"),
    "side": _words("left right top bottom front back above below inside outside"),
    "person": _words("man woman boy girl"),
    "persons": _words("men women boys girls"),
    "time of day": _words("morning noon afternoon evening night day dusk dawn twilight midnight"),
}
