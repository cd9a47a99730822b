"""Reading a batch as text, so that one poisoned op cannot make the whole batch unreadable. Pure.

A parser gives up on a body with very deep nesting or a number of thousands of digits. Both can sit inside one op, and
the ops beside it are somebody's check-ins; so such a value is made harmless here and its op is parked later.
"""

import json
import re
from typing import Any, Final

DEEPEST: Final = 16  # a sound request is four deep
LONGEST_INTEGER: Final = 20  # digits

_tokens = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]').finditer


def loads(body: bytes) -> Any:
    """Parse JSON; values below DEEPEST become null and overlong integers infinity.

    Raises json.JSONDecodeError for what is no JSON at all, such as a body that was cut off.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("Not UTF-8", "", error.start) from error
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        return json.loads(shallow(text), parse_int=_integer)


def shallow(text: str) -> str:
    """The same JSON text with everything nested deeper than DEEPEST replaced by null."""
    kept, resume, depth = [], 0, 0
    for token in _tokens(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept += [text[resume : token.start()], "null"]
        elif token[0] in ("]", "}"):
            if depth == DEEPEST + 1:
                resume = token.end()
            depth -= 1
    return "".join([*kept, text[resume:] if depth <= DEEPEST else ""])


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float("inf")
