"""Factory `legation_country_entities`: names of States, peoples, governments and cities become entities.

    label    STATE, DEMONYM ("French", "Poles"), GOVERNMENT ("Kremlin", "the Taliban" without its article), CITY
    kb_id_   ISO 3166-1 alpha-2 of the State, or EU, UN, XK, VA
    id_      for CITY its usual English name ("Kyiv" for "Kiev"), else ""

All of them are in `doc.spans["places"]` and in `doc.ents`. Entities of other components (PERSON, ORG ...) stay in
`doc.ents` where they share no token with a place. A place replaces what it overlaps, because the later steps read
places from `doc.ents`: GPE "Kyiv" becomes CITY "Kyiv", and ORG "the French Embassy" gives way to DEMONYM "French".

It needs the bare tokens alone and should come first: a token that holds more than a name ("U.S.-Cuba", or a Markdown
link glued to its address) is split, which is safe only before the parser. Names are found in the text (models.names),
not in the tokens, so another tokenizer finds the same.
"""

from bisect import bisect_right
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from legation.models.doc_cache import text_of
from legation.models.errors import ModelError
from legation.models.names import Name, find_names


@Language.factory(
    "legation_country_entities",
    assigns=["doc.ents", "doc.spans", "token.ent_type", "token.ent_iob", "token.ent_kb_id"],
)
def make_country_entities(nlp: Language, name: str) -> "CountryEntities":
    """The component. It has no settings and saves nothing: its names are data of the package.

    Raises ModelError for a pipeline of another language.
    """
    if nlp.lang != "en":
        raise ModelError(f"{name}: the pipeline's language is {nlp.lang!r}; Legation reads English (en) only")
    return CountryEntities()


class CountryEntities:
    """Sets `doc.spans["places"]` and adds the places to `doc.ents`."""

    def __call__(self, doc: Doc) -> Doc:
        names = find_names(text_of(doc))
        _split_tokens(doc, names)
        spans = (doc.char_span(n.start, n.end, label=n.label, kb_id=n.code, span_id=n.city or "") for n in names)
        places = [span for span in spans if span is not None]
        taken = {token for place in places for token in range(place.start, place.end)}
        others = [ent for ent in doc.ents if taken.isdisjoint(range(ent.start, ent.end))]
        doc.spans["places"] = places
        doc.set_ents([*places, *others])
        return doc


def _split_tokens(doc: Doc, names: list[Name]) -> None:
    """Cuts the tokens in whose middle a name begins or ends; leaves a parsed Doc as it is."""
    loose = [name for name in names if doc.char_span(name.start, name.end) is None]
    if not loose or doc.has_annotation("DEP"):
        return
    starts = [token.idx for token in doc]
    cuts: dict[int, set[int]] = {}
    for place in {edge for name in loose for edge in (name.start, name.end)}:
        token = doc[bisect_right(starts, place) - 1]
        if token.idx < place < token.idx + len(token):
            cuts.setdefault(token.i, set()).add(place - token.idx)
    with doc.retokenize() as retokenizer:
        for number, places in cuts.items():
            token = doc[number]
            parts = [token.text[a:b] for a, b in pairwise([0, *sorted(places), len(token)])]
            retokenizer.split(token, parts, heads=[(token, part) for part in range(len(parts))])
