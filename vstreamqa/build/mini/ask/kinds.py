"""The table of kinds: how each is filed, and how often it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vstreamqa.build.mini.ask import action, event, order, scene
from vstreamqa.build.mini.ask.candidate import Candidate
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.schema import Format

SCENE = "Scene Summary"
ACTION = "Action Caption"
HAPPENED = "Whether Something Happened(Y/N)"
ORDER = "Order Judging(Y/N)"
EVENT_ORDER = "What event order"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question.

    Attributes:
        name: what it is called here; it stands in no file.
        category: its category, in the words of VStream-QA.
        format: how it is answered.
        share: its share of a config's questions.
        candidates: everything of this kind that can be asked at a moment.
    """

    name: str
    category: str
    format: Format
    share: float
    candidates: Callable[[Moment], Iterator[Candidate]]


KINDS: tuple[Kind, ...] = (
    Kind("room now", SCENE, "open", 0.08, scene.room_now),
    Kind("room past", SCENE, "open", 0.08, scene.room_past),
    Kind("colour now", SCENE, "open", 0.07, scene.colour_now),
    Kind("count now", SCENE, "count", 0.06, scene.count_now),
    Kind("action now", ACTION, "open", 0.08, action.action_now),
    Kind("action past", ACTION, "open", 0.11, action.action_past),
    Kind("action choice", ACTION, "choice", 0.08, action.action_choice),
    Kind("appeared", HAPPENED, "yes_no", 0.14, event.appeared),
    Kind("met", HAPPENED, "yes_no", 0.06, event.met),
    Kind("came before", ORDER, "yes_no", 0.12, order.came_before),
    Kind("which first", EVENT_ORDER, "open", 0.07, order.which_first),
    Kind("which order", EVENT_ORDER, "open", 0.05, order.which_order),
)
