from typing import Any

import pytest
from videollm_online_golden import about, cases, facts, keys

from vstreamqa.scoring.videollm_online.aued import aued, edit_distances
from vstreamqa.scoring.videollm_online.coin_accuracy import procedure_accuracy, step_accuracy
from vstreamqa.scoring.videollm_online.lta_answers import AnswerReader
from vstreamqa.scoring.videollm_online.lta_words import word_of


def reader() -> AnswerReader:
    return AnswerReader(facts("lta")["verbs"], facts("lta")["nouns"])


@pytest.mark.parametrize("task", keys("coin", "tasks"))
def test_golden_coin_accuracy(task: str) -> None:
    recorded = facts("coin")["tasks"][task]
    answers, labels, names = (recorded[key] for key in ("prediction_texts_by_sample", "labels", "categories_sorted"))
    if "procedure" in task:
        found = procedure_accuracy(answers, labels, names)
    else:
        found = step_accuracy(answers, [label for (label,) in labels], names)
    assert found == about(recorded["metrics"]["accuracy"])


@pytest.mark.parametrize("kind", ["verbs", "nouns"])
def test_golden_lta_words(kind: str) -> None:
    recorded = facts("lta")
    assert [word_of(label) for label in recorded["taxonomy"][kind]] == recorded[kind]


@pytest.mark.parametrize("case", cases("lta", "parse"))
def test_golden_lta_answers(case: dict[str, Any]) -> None:
    assert [list(action) for action in reader()(case["text"], case["num_actions"])] == case["verb_noun_ids"]


@pytest.mark.parametrize("kind", ["verb", "noun"])
def test_golden_aued(kind: str) -> None:
    recorded = facts("lta")["aued"]
    predictions, golds = recorded[f"pred_{kind}"], recorded[f"gt_{kind}"]
    actions = len(golds[0])
    distances = edit_distances(predictions, golds, actions=actions)
    for at in recorded["edit_distance_at"]:
        assert distances[at["z"] - 1] == about(at[kind])
    assert aued(predictions, golds, actions=actions) == about(recorded[f"{kind}_AUED"])


@pytest.mark.parametrize(("part", "kind"), [(0, "verb"), (1, "noun")])
def test_golden_aued_of_texts(part: int, kind: str) -> None:
    recorded = facts("lta")["compute_metrics"]
    golds = [facts("lta")["aued"][f"gt_{kind}"][index] for index in recorded["sample_idxs"]]
    actions = len(golds[0])
    read = reader()
    predictions = [
        [[action[part] for action in read(text, actions)] for text in beams] for beams in recorded["beam_texts"]
    ]
    found = aued(predictions, golds, actions=actions)
    assert found == about(recorded["result"][f"{kind}_AUED"])
