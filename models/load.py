"""A name -> nlp: the pipeline that reads missions, built round the tagger and parser of an installed one."""

import hashlib
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from thinc.api import NumpyOps, set_current_ops

import legation.models.components.country_entities
import legation.models.components.focus_parser
import legation.models.components.mission_mentions
import legation.models.components.modality_cues
import legation.models.components.news_sentences
import legation.models.components.status_claims
import legation.models.components.status_phrases  # noqa: F401  importing registers the factories
from legation.models.components.focus_parser import OFFICIAL
from legation.models.errors import ModelError
from legation.models.lexicon import DATA
from legation.models.tokenizer import WordsOnce

PIPELINE = (
    "legation_country_entities",
    "legation_news_sentences",
    "legation_mission_mentions",
    "legation_status_phrases",
    "legation_focus_parser",
    "legation_modality_cues",
    "legation_status_claims",
)
REVISION = "1"  # of the code that reads; the data files are hashed


def load(pipeline: str = OFFICIAL) -> Language:
    """The reading pipeline over the tagger and parser of `pipeline`, an installed spaCy pipeline or a folder.

    The default is Explosion's en_core_web_sm, or the copy of it that our requirements install, where that alone is
    there. Raises ModelError where the pipeline is missing or unfit.
    """
    set_current_ops(NumpyOps(use_blis=False))  # the same output; blis has no fast kernel for many processors
    nlp = spacy.blank("en")
    nlp.tokenizer = _tokenizer(nlp)
    for name in PIPELINE:
        nlp.add_pipe(name, config={"pipeline": pipeline} if name == "legation_focus_parser" else {})
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
    parser: Any = nlp.get_pipe("legation_focus_parser")
    meta = parser.inner.meta
    return f"{REVISION}.{digest.hexdigest()[:8]}+{meta['lang']}_{meta['name']}-{meta['version']}"
