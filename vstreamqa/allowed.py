"""What an option takes, in the words of who sets it."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from msgspec.inspect import BoolType, FloatType, IntType, StrType, type_info


def allowed_values(kind: Any) -> str:
    """Return what a type of an adapter's options allows; None, which stands for an option left out, goes unsaid."""
    if get_origin(kind) is Literal:
        *most, last = (repr(value) for value in get_args(kind))
        return f"{', '.join(most)} or {last}" if most else last
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(allowed_values(one) for one in get_args(kind) if one is not NoneType)
    match type_info(kind):
        case IntType() as number:
            return "a whole number" + _range(number)
        case FloatType() as number:
            return "a number" + _range(number)
        case BoolType():
            return "true or false"
        case StrType():
            return "text"
    return str(getattr(kind, "__name__", kind))


def _range(number: IntType | FloatType) -> str:
    bounds = (("above", number.gt), ("from", number.ge), ("below", number.lt), ("to", number.le))
    return "".join(f" {word} {bound}" for word, bound in bounds if bound is not None)


def as_given(value: Any) -> str:
    """Return a value as it was written: a number plainly, even where it came as text, and other text in quotes."""
    try:
        float(value)
    except (TypeError, ValueError):
        return repr(value)
    return str(value)
