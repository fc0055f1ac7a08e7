"""A second look where the parse gives an event no theme: the words right beside it.

Small parsers take "evacuates" and "shuts" for nouns, and break on headlines and notes. There the order of words still
tells: what follows a verb with nothing but its own modifiers between is its object, what stands before is its subject.
"""

from collections.abc import Callable, Iterator

from spacy.tokens import Span, Token

from legation.models.lexicon import EventRow, words
from legation.models.reading.syntax import after_states

REACH = 9
ASIDE = 14  # tokens between two commas
BETWEEN = words("between_verb_and_object")
BEFORE = words("between_subject_and_verb")
BE = words("be")
STRONG = words("strong_rows")


def near_themes(
    event: Span, row: EventRow, theme_at: Callable[[Token], Span | None]
) -> Iterator[tuple[Span, dict[str, str], str]]:
    """Themes beside the event, for rows whose words hardly mean anything else and that govern nothing else."""
    trigger = event.root
    if row.id not in STRONG or any(
        c.dep_ in ("dobj", "nsubjpass") and not event.start <= c.i < event.end for c in trigger.children
    ):
        return
    if _other_subject(trigger, theme_at):
        return
    if (
        trigger.tag_.startswith(("NN", "JJ"))
        and row.id in ("open", "reduce")
        and not row.state
        and not trigger.is_upper
        and not after_states(trigger)
    ):
        return
    verbal = not trigger.tag_.startswith("JJ") or after_states(trigger)
    if not row.state and verbal and (found := _after(event, theme_at)) is not None:
        yield found, dict(row.object), "near"
    elif (found := _before(event, theme_at)) is not None:
        passive = any(token.lower_ in BE for token in event.doc[found.end : event.start]) or trigger.tag_ == "VBN"
        yield found, {**row.object, **row.subject} if row.state or passive else dict(row.subject), "near"


def _other_subject(trigger: Token, theme_at: Callable[[Token], Span | None]) -> bool:
    """Roads, books or talks are what is open or closed."""
    verb = trigger if trigger.tag_.startswith("VB") else trigger.head
    if trigger.dep_ in ("amod", "acl", "compound", "nmod"):
        return False
    noun = next((c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")), None)
    return (
        noun is not None
        and not noun.ent_type_
        and theme_at(noun) is None
        and noun.i < trigger.i
        and noun.lower_ not in ("all", "one", "both")
    )


def _after(event: Span, theme_at: Callable[[Token], Span | None]) -> Span | None:
    for token in event.doc[event.end : min(event.end + REACH, event.sent.end)]:
        found = theme_at(token)
        if found is not None and found.id_ != "stand-in":
            return found
        if not (token.lower_ in BETWEEN or token.ent_type_ or token.tag_.startswith(("JJ", "CD"))):
            return None
    return None


def _aside_before(event: Span) -> int | None:
    """Where the aside begins that parts a verb from its subject: "the embassy, closed in 2003, will reopen"."""
    i = event.start - 1
    while i > event.sent.start and event.doc[i].lower_ in BEFORE and event.doc[i].text != ",":
        i -= 1
    if event.doc[i].text != ",":
        return None
    return next(
        (
            j
            for j in range(i - 1, max(i - ASIDE, event.sent.start), -1)
            if event.doc[j].text == "," and event.doc[j + 1].tag_ in ("VBN", "VBD", "WDT", "JJ")
        ),
        None,
    )


def _before(event: Span, theme_at: Callable[[Token], Span | None]) -> Span | None:
    start = max(event.start - REACH - 3, event.sent.start)
    aside = _aside_before(event)
    for token in reversed(event.doc[start if aside is None else max(aside - REACH, event.sent.start) : event.start]):
        if aside is not None and token.i >= aside:
            continue
        found = theme_at(token)
        if found is not None and (found.id_ != "stand-in" or found.text in ("'s", "’s")):
            return found
        if not (token.lower_ in BEFORE or token.ent_type_ or token.like_url):
            return None
    return None
