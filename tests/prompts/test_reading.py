from __future__ import annotations

import pytest

from vstreamqa.prompts.reading import texts_of


def values(source: str) -> list[str]:
    return [text.value for text in texts_of(source.encode())]


def named(source: str) -> dict[str | None, str]:
    return {text.name: text.value for text in texts_of(source.encode()) if text.name is not None}


def test_constants_have_their_names_and_lines() -> None:
    source = "import nowhere\nA = 'one'\nB: str = '''two\n{}'''\n"
    assert named(source) == {"A": "one", "B": "two\n{}"}
    assert [(text.name, text.line) for text in texts_of(source.encode())][:2] == [("A", 2), ("B", 3)]


def test_an_f_string_has_its_fields_by_their_names_and_single_braces() -> None:
    source = """x = (
        "Evaluate:\\n"
        f"Question: {question}\\nAnswer: {row['answer']}\\nSaid: {row.pred}\\n"
        f"Reply {{'pred': 'yes'}}."
    )"""
    wanted = "Evaluate:\nQuestion: {question}\nAnswer: {answer}\nSaid: {pred}\nReply {'pred': 'yes'}."
    assert named(source) == {"x": wanted}


def test_messages_of_a_chat_have_their_roles() -> None:
    source = """client.chat(messages=[
        {"role": "system", "content": "Judge."}, {"role": "user", "content": "It is " + f"{pred}."},
        {"role": "user", "content": made_elsewhere()},
    ])"""
    assert named(source) == {"system": "Judge.", "user": "It is {pred}."}


def test_what_is_no_whole_text_is_none() -> None:
    assert named("a = 'one' + other\nb = f'{x:.2f}'\nc = b'bytes'\nd = 3\n") == {}
    assert "one" in values("a = 'one' + other")


@pytest.mark.parametrize("source", ["print 'old'", "a = '\x00'", "(" * 5000])
def test_what_is_no_python_of_this_version_is_an_error(source: str) -> None:
    with pytest.raises((SyntaxError, ValueError, RecursionError, MemoryError)):
        values(source)


def test_nothing_is_executed() -> None:
    assert values("raise SystemExit('gone')") == ["gone"]
