"""How sure: fact, planned, possible or denied, from the words that govern the event.

The scope of a cue is the parse: an auxiliary or negation beside the verb, and every word on the way from the verb up to
the clause that reports it (scope.py). A verb of saying lets through what stands below it. The strongest wins: a denial
of a plan is denied, a wish for a plan is possible, an order or plan for an act is planned.
"""

import re
from collections.abc import Iterator

from spacy.tokens import Token

from legation.models.lexicon import words
from legation.models.reading.negation import negation
from legation.models.reading.scope import CONDITIONALS, Verdict, auxiliary, effect, governing, has_subject, has_to
from legation.models.reading.syntax import Reading, governors, is_noun, is_verb

NO = re.compile(r"\s*(?:[A-Z][A-Za-z.’' -]{0,40}:)?\s*[\"“]?(?:No|Not at all|Absolutely not)\b")
FUTURE_BE = words("future_be")
SAME_CLAUSE = frozenset(
    ["xcomp", "conj", "dobj", "acomp", "attr", "oprd", "prep", "pobj", "aux", "auxpass", "nsubj", "nsubjpass", "acl"]
)
ORDER = ("denied", "possible", "planned")  # the strongest first


def modality(reading: Reading) -> Verdict:
    """The modality of one reading."""
    verdict = _strongest(list(_cues(reading)), reading)
    asked = reading.trigger.sent.text.rstrip().rstrip("\"”’)'").endswith("?")
    if asked and NO.match(reading.trigger.doc.text, reading.trigger.sent.end_char):
        return Verdict("denied", None)  # "Are you closing the embassy?" - "No."
    if asked and verdict.modality in ("fact", "planned"):
        return Verdict("possible", None)
    return verdict


def _cues(reading: Reading) -> Iterator[Verdict]:
    """What is said of the event by itself, its auxiliaries and what governs it, from near to far."""
    trigger = reading.trigger
    denial = negation(trigger)
    if denial is not None and not reading.event.start <= denial.i < reading.event.end:  # "not operating" is one event
        yield Verdict("denied", denial)
    if _when_it(trigger):
        yield Verdict("planned", trigger.head)
    if reading.row.needs == "new":  # the verb is itself the plan or the wish
        yield Verdict("possible" if trigger.lower_ in governing("possible") else "planned", trigger)
    yield from _auxiliaries(trigger, trigger, 0)
    below, under_noun = trigger, False
    for step, token in enumerate(governors(trigger), 1):
        if not under_noun:
            yield from _auxiliaries(token, below, step)
        under_noun |= is_noun(token) and is_verb(below)
        found = effect(token, below)
        if found.verdict is not None:
            yield found.verdict
        if found.ends:
            return
        below = token


def _when_it(trigger: Token) -> bool:
    """ "When Kerry raises the flag on Friday, there will be music": a present under a future."""
    if trigger.tag_ not in ("VBZ", "VBP") or trigger.dep_ != "advcl":
        return False
    when = any(c.lower_ in ("when", "once", "before") for c in trigger.children)
    return when and any(c.lower_ in ("will", "'ll", "’ll") for c in trigger.head.children)


def _auxiliaries(token: Token, below: Token, step: int) -> Iterator[Verdict]:
    """Modal verbs, conditions and "to be" futures beside a verb, `step` verbs above the event."""
    if not is_verb(token) or (step and below.dep_ not in SAME_CLAUSE):
        return
    if step and below.dep_ == "conj" and (has_subject(below) or any(c.dep_ == "aux" for c in below.children)):
        return
    around = [c for c in token.children if c.dep_ in ("aux", "auxpass", "mark", "advmod")]
    for c in around:
        if (modal := _modal(c, around)) is not None:
            yield modal
        elif step < 2 and _opens_condition(c, token):
            yield Verdict("possible", c)
    if step < 2 and any(
        c.dep_ == "advcl" and any(m.lower_ in ("if", "unless") for m in c.children) for c in token.children
    ):
        yield Verdict("possible", token)
    if step == 0 and token.dep_ in ("xcomp", "ccomp") and token.head.lower_ in FUTURE_BE and has_to(token):
        yield Verdict("planned", token.head)


def _modal(word: Token, around: list[Token]) -> Verdict | None:
    if word.lower_ in auxiliary("planned"):
        return Verdict("planned", word)
    if word.lower_ in auxiliary("possible") and word.dep_ == "aux":
        return Verdict("possible", word)
    if word.lower_ in auxiliary("would"):  # "would have closed": it did not
        return Verdict("possible" if any(other.lower_ == "have" for other in around) else "planned", word)
    return None


def _opens_condition(word: Token, verb: Token) -> bool:
    past = word.lower_ in ("until", "once") and verb.tag_ == "VBD"
    return word.lower_ in CONDITIONALS and word.dep_ in ("mark", "advmod") and not past


def _strongest(cues: list[Verdict], reading: Reading) -> Verdict:
    for name in ORDER:
        for cue in cues:
            if cue.modality == name:
                return cue
    trigger = reading.trigger
    infinitive = trigger.tag_ in ("VB", "VBN") and trigger.dep_ in ("ROOT", "acl", "relcl", "xcomp") and has_to(trigger)
    if infinitive and not cues and not any(c.lower_ == "have" for c in trigger.children):
        return Verdict("planned", None)
    return Verdict("fact", None)
