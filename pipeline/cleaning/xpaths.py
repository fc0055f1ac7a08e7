"""trafilatura's expressions, with each regular expression asked only of the elements that have its attribute.

`re:test(@id, ...)` leaves C for Python at every element, and most have no id: a tenth of the time of cleaning. The
lists are changed in place, in the process that cleans; what they match stays the same.
"""

import re
from importlib import import_module
from typing import Any

from lxml.etree import XPath

NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
TEST = re.compile(r"re:test\((?P<what>@[\w-]+(?P<more>\|@[\w-]+)?), *(?P<pattern>'[^']*'(?:, *'i')?)\)")


def hasten() -> None:
    """Change trafilatura's expressions in this process."""
    from trafilatura import xpaths

    for expressions in vars(xpaths).values():
        if isinstance(expressions, list) and all(isinstance(one, XPath) for one in expressions):
            expressions[:] = map(guarded, expressions)
    baseline: Any = import_module("trafilatura.baseline")  # the package has a function of that name
    baseline.BASIC_CLEAN_XPATH = guarded(baseline.BASIC_CLEAN_XPATH)


def guarded(expression: XPath) -> XPath:
    """The expression with the attribute before each of its tests."""
    path = TEST.sub(_test, expression.path)
    return expression if path == expression.path else XPath(path, namespaces=NAMESPACES)


def _test(found: re.Match[str]) -> str:
    """A single attribute is given as text, which costs less than as a set of nodes."""
    what = found["what"] if found["more"] else f"string({found['what']})"
    return f"({found['what']} and re:test({what}, {found['pattern']}))"
