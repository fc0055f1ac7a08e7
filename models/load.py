"""A name -> nlp: the pipeline that reads missions, built round the tagger and parser of an installed one."""

import hashlib
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from thinc.api import NumpyOps, set_current_ops

import models.components.country_entities
import models.components.focus_parser
import models.components.mission_mentions
import models.components.modality_cues
import models.components.news_sentences
import models.components.status_claims
import models.components.status_phrases  # noqa: F401  importing registers the factories
from models.errors import ModelError
from models.lexicon import DATA
from models.tokenizer import WordsOnce

PIPELINE = (
    "country_entities",
    "news_sentences",
    "mission_mentions",
    "status_phrases",
    "focus_parser",
    "modality_cues",
    "status_claims",
)
REVISION = "1"  # of the code that reads; the data files are hashed


def load(pipeline: str) -> Language:
    """The reading pipeline over the spaCy pipeline `pipeline`. Raises ModelError where that is missing or unfit."""
    set_current_ops(NumpyOps(use_blis=False))  # the same output; blis has no fast kernel for many processors
    nlp = spacy.blank("en")
    nlp.tokenizer = _tokenizer(nlp)
    for name in PIPELINE:
        nlp.add_pipe(name, config={"pipeline": pipeline} if name == "focus_parser" else {})
    analysis: Any = nlp.analyze_pipes()
    problems = analysis["problems"]
    if any(problems.values()):
        raise ModelError(f"the reading pipeline is not complete: {problems}")
    return nlp


def _tokenizer(nlp: Language) -> WordsOnce:
    """Cuts Markdown's marks off words: "closed.**" would be one token, and no parser knows it."""
    marks = [r"\*+", r"\\+", r"\|", r"#+", r"<[a-z/]+>"]
    suffixes = [*(nlp.Defaults.suffixes or ()), *marks, r"(?<=[a-z])\."]
    infixes = [*(nlp.Defaults.infixes or ()), r"\*\*+", r"\]\(", r"<[a-z/]+>"]
    plain: Any = nlp.tokenizer
    return WordsOnce(
        nlp.vocab,
        rules=plain.rules,
        prefix_search=compile_prefix_regex([*(nlp.Defaults.prefixes or ()), *marks]).search,
        suffix_search=compile_suffix_regex(suffixes).search,
        infix_finditer=compile_infix_regex(infixes).finditer,
        token_match=plain.token_match,
        url_match=plain.url_match,
    )


def version(nlp: Language) -> str:
    """What read a claim: revision of the code, digest of the rows, name and version of the language model."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.t[os][mv]*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    parser: Any = nlp.get_pipe("focus_parser")
    meta = parser.inner.meta
    return f"{REVISION}.{digest.hexdigest()[:8]}+{meta['lang']}_{meta['name']}-{meta['version']}"
