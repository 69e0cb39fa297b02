"""Texts in Python source, read from its syntax tree: nothing of it is executed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_ROLE, _CONTENT = "role", "content"


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a source file.

    Attributes:
        value: the text; the fields of an f-string stand in it by their names, `{question}`.
        line: where it begins.
        name: of the constant that it is given to, or the role of the chat message that it is; None for any other.
    """

    value: str
    line: int
    name: str | None = None


def texts_of(source: bytes) -> list[Text]:
    """Return every text of a source file, those with a name first.

    Raises:
        SyntaxError: it is no Python of this version.
        ValueError: it cannot be read as text.
        RecursionError: it is nested too deeply.
    """
    with warnings.catch_warnings():
        # Escapes of older Pythons are no concern of whoever imports a wording.
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    named = [text for node in nodes for text in _named(node)]
    return [*named, *(text for node in nodes if (text := _text(node, None)) is not None)]


def _named(node: ast.AST) -> Iterator[Text]:
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        yield from (text for name in names if (text := _text(node.value, name)) is not None)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        text = _text(node.value, node.target.id)
        if text is not None:
            yield text
    elif isinstance(node, ast.Dict):
        fields = {_constant(key): value for key, value in zip(node.keys, node.values, strict=True)}
        if _ROLE in fields and _CONTENT in fields:
            text = _text(fields[_CONTENT], _constant(fields[_ROLE]))
            if text is not None:
                yield text


def _text(node: ast.AST, name: str | None) -> Text | None:
    value = _value(node)
    return None if value is None else Text(value, getattr(node, "lineno", 0), name)


def _value(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return _joined([_part(part) for part in node.values])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([_value(node.left), _value(node.right)])
    return _constant(node)


def _joined(parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    return "".join(known) if len(known) == len(parts) else None


def _part(node: ast.expr) -> str | None:
    if isinstance(node, ast.FormattedValue):
        return None if node.format_spec is not None else f"{{{_field(node.value)}}}"
    return _constant(node)


def _field(node: ast.expr) -> str:
    """Return what a field is called: `pred`, `sample["pred"]` and `sample.pred` are all `pred`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and (key := _constant(node.slice)) is not None:
        return key
    return ast.unparse(node)


def _constant(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
