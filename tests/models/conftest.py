"""The language pipeline that all tests of reading share."""

import pytest
from spacy.language import Language

from legation.pipeline.extract import Reader


@pytest.fixture(scope="session")
def nlp(reader: Reader) -> Language:
    return reader.nlp
