"""Expressions of trafilatura that were made faster match what they matched."""

import gzip
import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree, html
from trafilatura import xpaths

from legation.pipeline.cleaning.xpaths import guarded
from tests.conftest import SHARED
from tests.site_server import SITE_FOLDER

REAL = sorted((SHARED / "eval" / "pages").glob("*.html.gz"))[::4]
ATTRIBUTES = (
    b"<main><div id='x' class='article-body'>a</div><div class='article-body' id='comments'>b</div>"
    b"<p class='Byline'>c</p><div class=''>d</div><div id='comments'>e</div>"
    b"<section class='hidden' id=''>f</section></main>"
)


def pages() -> Iterator[bytes]:
    yield ATTRIBUTES
    yield from (path.read_bytes() for path in sorted(SITE_FOLDER.rglob("*.html")))
    yield from (gzip.decompress(path.read_bytes()) for path in REAL)


def as_installed() -> dict[str, Any]:
    """The module anew: in this process its lists may have been changed already."""
    spec = importlib.util.spec_from_file_location("xpaths_as_installed", str(xpaths.__file__))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


EXPRESSIONS = [
    pytest.param(expression, id=f"{name}-{number}")
    for name, value in as_installed().items()
    if isinstance(value, list)
    for number, expression in enumerate(value)
    if isinstance(expression, etree.XPath) and "re:test" in expression.path
]


@pytest.fixture(scope="module")
def trees() -> list[Any]:
    return [html.fromstring(page) for page in pages()]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_same_elements(expression: etree.XPath, trees: list[Any]) -> None:
    faster = guarded(expression)
    assert [faster(tree) for tree in trees] == [expression(tree) for tree in trees]


def test_every_test_is_guarded() -> None:
    assert len(EXPRESSIONS) > 10
    for (expression,) in (one.values for one in EXPRESSIONS):
        path = guarded(expression).path
        assert path.count("re:test(") == path.count(" and re:test(")
