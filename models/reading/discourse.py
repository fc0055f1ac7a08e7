"""What a reader keeps in mind from sentence to sentence: who acted, which mission was meant, what it is all about."""

import re
from collections import Counter
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span, Token

from legation.models.claim import Claim
from legation.models.gazetteer import capital_of
from legation.models.lexicon import table, words
from legation.models.reading.attribution import speaker_of
from legation.models.reading.leaders import leaders
from legation.models.reading.memory import text_of
from legation.models.reading.names import POLITY, groups
from legation.models.reading.places import Place
from legation.models.reading.topic import Votes, place_votes, topic
from legation.models.reading.trace import Step, step

TITLES = words("titles")
TROUBLE = words("trouble")
MINISTRY = re.compile(
    r"(?:(?:briefing|conference|statement|remarks|notice|transcript)\b.*"
    r"\b(?:foreign ministry|ministry of foreign affairs|foreign minister)"
    r"|^(?:foreign ministry|ministry of foreign affairs|department of foreign affairs))",
    re.IGNORECASE,
)  # headlines of a ministry's own papers


@dataclass(slots=True)
class Seen:
    """A mission that an earlier sentence spoke of."""

    senders: tuple[str, ...]
    sender_text: str | None
    country: str | None
    city: str | None
    kind: str
    sentence: int = 0  # number of the sentence in the article
    theme: str = "mission"  # what that sentence spoke of: mission, staff, ...


@dataclass(slots=True)
class Discourse:
    """The state of mind while an article is read from top to bottom."""

    publisher: str | None = None  # State whose ministry or government writes ("our Embassy")
    advised: str | None = None  # State that a travel advice is about
    title: Doc | None = None
    title_sender: tuple[str, ...] = ()  # States that the headline names first, as those that act
    persons: dict[str, str] = field(default_factory=dict)  # surname -> State
    actors: list[Span] = field(default_factory=list)  # States that acted last, as a group
    missions: list[Seen] = field(default_factory=list)
    topic: Place | None = None
    local: Place | None = None  # the place that the last question of a transcript was about
    asked: bool = False  # in a question of a transcript
    sentence: int = 0  # number of the sentence being read
    done: list[Claim] = field(default_factory=list)  # what the newest main event came to
    done_at: int = -9  # the sentence of that event
    capitals: frozenset[str] = frozenset()  # States whose capital the article names
    places: Votes = field(default_factory=list)  # what States the article is about as places
    government: str | None = None  # State whose government the article names most
    owner: str | None = None  # State whose missions the article names most
    unasked: list[Span] = field(default_factory=list)  # sentences of which nobody asked yet who speaks in them
    last_speaker: Span | None = None  # before those
    pair: tuple[str, ...] = ()  # the two States the article is between: "both sides"
    trace: list[Step] = field(default_factory=list)  # what was overruled, and why

    @property
    def speaker(self) -> Span | None:
        """Who spoke last before the sentence being read, while a quotation or a turn may last."""
        while self.unasked:
            found = speaker_of(self.unasked.pop())
            if found is not None:
                self.last_speaker = found
                self.unasked.clear()
        return self.last_speaker

    def overrule(self, event: Span, rule: str, reason: str) -> None:
        """Note why an event gives no claim by `rule`."""
        self.trace.append(step(rule, event, "overruled", reason))

    def recent(self, reach: int = 2) -> Seen | None:
        """The mission that "it" may stand for: spoken of in this sentence or just before."""
        return next((seen for seen in reversed(self.missions) if self.sentence - seen.sentence <= reach), None)

    def last_sender(self, kind: str) -> Seen | None:
        """The newest mission spoken of whose owner is known, of that kind if there is one."""
        owned = [seen for seen in reversed(self.missions) if seen.senders]
        return next((seen for seen in owned if kind in ("mission", seen.kind) or seen.kind == "mission"), None)

    def last(self, kind: str | None = None, senders: tuple[str, ...] = ()) -> Seen | None:
        """The newest mission spoken of; of that kind and sender where asked."""
        for seen in reversed(self.missions):
            unowned = not seen.senders and self.sentence - seen.sentence <= 1
            if (kind in (None, "mission", seen.kind) or seen.kind == "mission") and (
                not senders or set(senders) & set(seen.senders) or unowned
            ):
                return seen
        return None


def begin(doc: Doc, title: Doc | None) -> Discourse:
    """Read the headline and the article's places before the first sentence."""
    discourse = Discourse(title=title)
    if title is not None:
        _read_title(title, discourse)
    discourse.persons = persons(doc)
    discourse.owner = main_owner(doc, title)
    discourse.pair = _pair(doc, title)
    discourse.places = place_votes(doc, title)
    discourse.topic = topic(doc, title, discourse.places, {discourse.publisher, *discourse.title_sender})
    cities = [
        ent for source in (doc, title) for ent in (source.ents if source is not None else ()) if ent.label_ == "CITY"
    ]
    discourse.capitals = frozenset(ent.kb_id_ for ent in cities if ent.id_ == capital_of(ent.kb_id_))
    named = Counter(ent.kb_id_ for ent in doc.ents if ent.label_ == "GOVERNMENT").most_common(1)
    discourse.government = named[0][0] if named else None
    return discourse


def _pair(doc: Doc, title: Doc | None) -> tuple[str, ...]:
    """The two States named most, where a third is named less than half as often as the second."""
    votes: Counter[str] = Counter()
    for source in (doc, title):
        votes.update(ent.kb_id_ for ent in (source.ents if source is not None else ()))
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:3]
    if len(ranked) < 2 or (len(ranked) == 3 and ranked[2][1] * 2 > ranked[1][1]):
        return ()
    return tuple(code for code, _ in ranked[:2])


def _read_title(title: Doc, discourse: Discourse) -> None:
    """ "UK FCDO: travel advice for Mali": who writes, and about which State."""
    words, text = [token.lower_ for token in title], text_of(title)
    discourse.publisher = next(
        (code for code, phrases in table("publishers.toml").items() if any(p in text for p in phrases)), None
    )
    if discourse.publisher is None and MINISTRY.search(title.text):
        named = {ent.kb_id_ for ent in title.ents}
        discourse.publisher = named.pop() if len(named) == 1 else None  # "briefing by the foreign ministry, Islamabad"
    discourse.title_sender = _acting_first(title)
    if "advice" not in words and "advisory" not in words:
        return
    colon = words.index(":") if ":" in words else words.index("travel") if "travel" in words else 0
    before = [ent for ent in title.ents if ent.start < colon and ent.label_ != "CITY"]
    after = [ent for ent in title.ents if ent.start > colon]
    discourse.publisher = before[0].kb_id_ if before else discourse.publisher
    discourse.advised = after[0].kb_id_ if after else None


def _acting_first(title: Doc) -> tuple[str, ...]:
    """The States a headline about missions begins with: "US to shut embassies", "Threat closes some U.S. embassies"."""
    if not any(token.lower_.startswith(("embass", "consulat", "diplomat", "envoy", "mission")) for token in title):
        return ()
    for group in groups(title[:]):
        before = _preposition_before(title, group[0].start)
        after = title[group[-1].end].lower_ if group[-1].end < len(title) else ""
        if after in TROUBLE:
            continue
        if group[0].label_ in POLITY and not before:
            return tuple(dict.fromkeys(ent.kb_id_ for ent in group))
    return ()


def _preposition_before(title: Doc, start: int) -> bool:
    """ "missions prepare in independent Namibia": no more than an adjective stands between."""
    near = [title[i].lower_ for i in range(max(start - 2, 0), start)]
    return any(word in ("in", "at", "to", "from", "for", "on", "with", "over", "of") for word in near)


def persons(doc: Doc) -> dict[str, str]:
    """Surnames that the article introduces with a State: "Australian Prime Minister Scott Morrison" -> Morrison: AU."""
    found = leaders(text_of(doc))
    introduced: set[str] = set()
    for ent in doc.ents:
        if ent.label_ not in POLITY:
            continue
        i = ent.end
        while i < len(doc) and i < ent.end + 8 and (doc[i].lower_ in TITLES or doc[i].lower_ in ("'s", "’s", "-")):
            i += 1
        start = i
        while i < len(doc) and i < start + 4 and doc[i].is_title and doc[i].is_alpha and not doc[i].ent_type:
            i += 1
        if start > ent.end and i > start:
            name = doc[i - 1].text
            if name not in introduced:  # the first introduction counts, and overrules the table
                found[name] = ent.kb_id_
            introduced.add(name)
    return found


def main_owner(doc: Doc, title: Doc | None) -> str | None:
    """The State named most right before a mission or its staff ("the U.S. Embassy"), the headline counting three times;
    None where two are level."""
    votes: Counter[str] = Counter()
    for source, weight in ((doc, 1), (title, 3)):
        for ent in source.ents if source is not None else ():
            after = [token.lower_ for token in ent.doc[ent.end : ent.end + 3]] if ent.label_ != "CITY" else []
            if any(word.startswith(("embass", "consulat", "diplomat", "ambassador")) for word in after):
                votes[ent.kb_id_] += weight
    best = votes.most_common(2)
    return best[0][0] if best and (len(best) == 1 or best[0][1] > best[1][1]) else None


def states_of(noun: Token, discourse: Discourse) -> list[Span]:
    """The States that a noun phrase stands for: its own names, not those of its relative clauses or places."""
    sentence = noun.sent
    left, right = _phrase(noun)
    ents = [ent for ent in noun.doc[left:right].ents if ent.label_ in POLITY or ent.label_ == "CITY"]
    ents = [ent for ent in ents if not _is_place(ent)]
    if not ents:
        return []
    chosen = next((ent for ent in ents if ent.start <= noun.i < ent.end), None) or next(
        (ent for ent in ents if ent.label_ != "CITY"), None
    )
    if chosen is None:
        return []
    return next((group for group in groups(sentence) if any(e.start == chosen.start for e in group)), [chosen])


def _phrase(noun: Token) -> tuple[int, int]:
    left, right = noun.left_edge.i, noun.i + 1
    left = max([left, *(token.i + 1 for token in noun.doc[left : noun.i] if token.text == ":")])  # "War in X: Y closes"
    for c in noun.children:
        if c.i > noun.i and (
            c.dep_ in ("conj", "cc", "punct", "nmod", "compound", "appos")
            or (c.dep_ == "prep" and c.lower_ in ("of", "for", "from", "including", "like"))
        ):
            right = max(right, c.right_edge.i + 1 if c.dep_ != "conj" else c.i + 1)
    return left, right


def _is_place(ent: Span) -> bool:
    """Named as a place, not as an actor: right after "in" or "at"."""
    before = ent.doc[ent.start - 1].lower_ if ent.start else ""
    return before in ("in", "at", "near", "outside") or (
        before == "the" and ent.start > 1 and ent.doc[ent.start - 2].lower_ in ("in", "at")
    )
