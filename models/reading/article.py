"""An article as the reader sees it: built once from the parsed Doc, before any event is read, and never changed.

Tokens are counted in the Doc; the headline is a Doc of its own. Everything that a later step asks about neighbours,
coordination and frequency of States is answered from here.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, groupby
from operator import attrgetter

from spacy.tokens import Doc, Span

from legation.models.gazetteer import capital_of, state_name
from legation.models.lexicon import row_statuses, table, words

WITHIN = words("within_place")
LONGEST_JOIN = 4  # tokens between two members of a list
# "MS PORTER: ...", "Question: ...", "Q Will the embassy ..." in a transcript
TURN = re.compile(r"\s*(?:([A-Z][A-Z.’' -]{2,40}?|[A-Z][a-z]*)(?: \([^)\n]{2,40}\))?:\s|(Q) +(?=[A-Z“\"]))")
HEADLINE = -1  # number of the headline among the sentences
TITLE_WEIGHT = 3  # mentions in the text that one in the headline is worth
OWNER_REACH = 4  # tokens between a State's name and the mission that it owns
PLACE_REACH = 5  # tokens from a mission on, in which the preposition before its place stands

Path = tuple[tuple[str, ...], tuple[str, ...]]  # labels of the parse up from a token, and down to another


@dataclass(frozen=True, slots=True)
class Name:
    """A State named in the text: tokens [start, end); `city` is the usual name of a city, else None.

    `group`: number of the coordination ("Poland, Georgia and Estonia") that the name is in; `place_in_group` counts
    from 0. `sentence`: number of the sentence, -1 in the headline.
    """

    start: int
    end: int
    code: str
    label: str
    city: str | None
    sentence: int
    group: int = 0
    place_in_group: int = 0
    group_size: int = 1


@dataclass(frozen=True, slots=True)
class Mention:
    """A mission, its staff, its work ... named in the text; see missions.toml for kind, theme and row."""

    start: int
    end: int
    kind: str
    theme: str
    row: str
    sentence: int
    plural: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Words for what happens to a mission; `rows` of events.toml that hold them, the first one's first."""

    start: int
    end: int
    rows: tuple[str, ...]
    apart: bool
    sentence: int


class Words:
    """Tokens, names and missions of a Doc, as plain lists. `lists`: the names by their coordination, see Name.group.

    The sentences of a text are numbered from 0; a headline is one sentence, HEADLINE.
    """

    def __init__(self, doc: Doc, *, is_headline: bool = False) -> None:
        self.doc = doc
        self.is_headline = is_headline
        self.string = doc.text
        self.lower = [token.lower_ for token in doc]
        self.tags = [token.tag_ for token in doc]
        self.deps = [token.dep_ for token in doc]
        self.heads = [token.head.i for token in doc]
        self._places = [(token.idx, token.idx + len(token)) for token in doc]
        self.starts: list[int] = [0] if is_headline else [sent.start for sent in doc.sents]
        self._first = HEADLINE if is_headline else 0  # number of the first sentence
        self.paths: dict[tuple[int, int], Path | None] = {}  # between two tokens, as far as somebody asked
        self.lists: list[list[Name]] = [self._list(*numbered) for numbered in enumerate(self._coordinations())]
        self.names: tuple[Name, ...] = tuple(chain.from_iterable(self.lists))
        self.by_sentence = {n: list(some) for n, some in groupby(self.names, key=attrgetter("sentence"))}
        self.missions: tuple[Mention, ...] = tuple(self._missions())
        self.missions_by_sentence = {n: list(some) for n, some in groupby(self.missions, key=attrgetter("sentence"))}
        self.events: tuple[Event, ...] = tuple(self._events())

    @cached_property
    def commas(self) -> list[int]:
        """How many commas stand before each token, and in all."""
        return list(accumulate((word == "," for word in self.lower), initial=0))

    @cached_property
    def verbs(self) -> list[int]:
        """How many verbs stand before each token, and in all."""
        return list(accumulate((tag.startswith("VB") for tag in self.tags), initial=0))

    def characters(self, start: int, end: int) -> tuple[int, int]:
        """Where the tokens [start, end), at least one, stand in `string`."""
        return self._places[start][0], self._places[end - 1][1]

    def stretch(self, start: int, end: int) -> str:
        """The tokens [start, end) as the text has them; "" for none."""
        return self.string[self._places[start][0] : self._places[end - 1][1]] if start < end else ""

    def is_blank(self, i: int) -> bool:
        """Is token i white space?"""
        return self.stretch(i, i + 1).isspace()

    def names_in(self, sentence: int) -> list[Name]:
        """The names of a sentence, in order."""
        return self.by_sentence.get(sentence, [])

    def sentence_of(self, i: int) -> int:
        """Number of the sentence that holds token i."""
        return bisect_right(self.starts, i) - 1 + self._first

    def has(self, sentence: int) -> bool:
        """Is there a sentence of this number?"""
        return 0 <= sentence - self._first < len(self.starts)

    def bounds(self, sentence: int) -> tuple[int, int]:
        """First token of a sentence and the first behind it."""
        place = sentence - self._first
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.lower)
        return self.starts[place], end

    def turn(self, sentence: int) -> tuple[int, int] | None:
        """The name before the colon with which a sentence of a transcript begins; None where there is none."""
        first, end = self.bounds(sentence)
        found = TURN.match(self.stretch(first, end))
        if found is None:
            return None
        (start, _), number = self.characters(first, end), 1 if found[1] is not None else 2
        places = (start + found.start(number), start + found.end(number))
        span = self.doc.char_span(*places, alignment_mode="expand")
        return (span.start, span.end) if span is not None else None

    def before(self, i: int, back: int = 1) -> str:
        """The word `back` tokens before token i, "" before the beginning of its sentence."""
        first = self.bounds(self.sentence_of(i))[0] if i < len(self.lower) else 0
        return self.lower[i - back] if i - back >= first else ""

    def after(self, end: int) -> str:
        """The word behind the tokens up to `end`, "" behind the end of the text."""
        return self.lower[end] if end < len(self.lower) else ""

    @cached_property
    def whose(self) -> list[tuple[Mention, list[str], set[str]]]:
        """Each mission with the States beside it that own it and that it is placed in."""
        return [(m, [n.code for n in owners(self, m)], {n.code for n in places_after(self, m)}) for m in self.missions]

    def _missions(self) -> Iterator[Mention]:
        for span in self.doc.spans.get("missions", ()):
            sentence, plural = self.sentence_of(span.start), self.lower[span.end - 1].endswith("s")
            yield Mention(span.start, span.end, span.label_, span.kb_id_, span.id_, sentence, plural)

    def _events(self) -> Iterator[Event]:
        at: dict[tuple[int, int, bool], list[str]] = {}
        for span in self.doc.spans.get("events", ()):
            at.setdefault((span.start, span.end, bool(span.kb_id_)), []).append(span.id_)
        for (start, end, apart), rows in at.items():
            yield Event(start, end, tuple(rows), apart, self.sentence_of(start))

    def _coordinations(self) -> list[list[Span]]:
        """The names of States, those that are joined together: "A, B and C"."""
        found: list[list[Span]] = []
        for span in self.doc.spans.get("places", ()):
            if found and self._joined(found[-1][-1], span):
                found[-1].append(span)
            else:
                found.append([span])
        return found

    def _joined(self, last: Span, span: Span) -> bool:
        """Only joining words between, one of them a conjunction or a comma; "Damascus, Syria" is one place and no
        list."""
        if self.sentence_of(last.start) != self.sentence_of(span.start):
            return False
        if (last.label_ == "CITY") != (span.label_ == "CITY"):
            return False
        between = self.lower[last.end : span.start]
        if not 0 < len(between) <= LONGEST_JOIN or not words("joiners").issuperset(between):
            return False
        return between[0] == "," or not words("conjunctions").isdisjoint(between)

    def _list(self, number: int, spans: list[Span]) -> list[Name]:
        sentence = self.sentence_of(spans[0].start)
        return [
            Name(s.start, s.end, s.kb_id_, s.label_, s.id_ or None, sentence, number, place, len(spans))
            for place, s in enumerate(spans)
        ]


class Article:
    """The view of one article; `title` None: no headline."""

    def __init__(self, text: Words, title: Words | None, published: str | None, whole: "Article | None" = None) -> None:
        self.text, self.title, self.published = text, title, published
        self.whole: Article = whole or self  # of a headline: the article that it stands over
        self.doc, self.events = text.doc, text.events
        self.by_sentence, self.missions_by_sentence = text.by_sentence, text.missions_by_sentence
        self.publisher, self.advised = _publisher(title)
        self.headline_statuses = _headline_statuses(title)

    def headline(self) -> "Article | None":
        """The headline as an article of one sentence, numbered HEADLINE, that knows what the whole article is about;
        None where it names no mission or no event."""
        if self.title is None or not self.title.missions or not self.title.events:
            return None
        head = Article(self.title, self.title, self.published, whole=self)
        head.shares, head.owned_places = self.shares, self.owned_places
        return head

    def published_at(self, sentence: int) -> str | None:
        """The day from which relative dates of a sentence count: that of its post in a live blog, else the article's"""
        if not self.doc._.posts:
            return self.published
        start, _ = self.text.characters(*self.text.bounds(sentence))
        return next((day for first, end, day in self.doc._.posts if first <= start < end), self.published)

    def _words(self) -> list[tuple[Words, int]]:
        """Those of text and headline, and how much a mention there counts."""
        return [(self.text, 1)] if self.title is None else [(self.text, 1), (self.title, TITLE_WEIGHT)]

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """What the article says of each State that it names, by names of features.toml; the most named State first."""
        named, acts, place, owner, host, city = (Counter[str]() for _ in range(6))
        first: dict[str, float] = {}
        for source, weight in self._words():
            for name in source.names:
                named[name.code] += weight
                city[name.code] += weight * (name.label == "CITY")
                first.setdefault(name.code, 0.0 if source.is_headline else name.start / len(source.lower))
                if is_place(source, name):
                    place[name.code] += weight
                elif acts_there(source, name):
                    acts[name.code] += weight
            for _, owning, placing in source.whose:
                owner.update(dict.fromkeys(owning, weight))
                host.update(dict.fromkeys(placing, weight))
        total, acting, placed = (max(sum(c.values()), 1) for c in (named, acts, place))
        return {
            code: {
                "share of names": named[code] / total,
                "share of subjects": acts[code] / acting,
                "share of places": place[code] / placed,
                "owner of missions": owner[code],
                "host of missions": host[code],
                "cities named": city[code],
                "first named": first[code],
                "rank": rank,
            }
            for rank, code in enumerate(sorted(named, key=lambda code: (-named[code], code)))
        }

    @cached_property
    def owned_places(self) -> Counter[tuple[str, str]]:
        """How often the article has "S's embassy in H" for each pair (S, H)."""
        whose = (row for source, _ in self._words() for row in source.whose)
        return Counter((s, h) for _, owning, placing in whose for s in owning for h in placing if s != h)


def _headline_statuses(title: Words | None) -> tuple[str, ...]:
    """What the event words of a headline that names a mission can mean, sorted."""
    if title is None or not title.missions:
        return ()
    themes = {mention.theme for mention in title.missions}
    rows = (row for event in title.events for row in event.rows)
    return tuple(sorted({status for row in rows for status in row_statuses(row, themes)}))


def _publisher(title: Words | None) -> tuple[str | None, str | None]:
    """ "UK FCDO: travel advice for Mali": who writes, and about which State; None where the headline does not say."""
    if title is None:
        return None, None
    publishers = table("publishers.toml").items()
    publisher = next((code for code, phrases in publishers if any(p in title.string for p in phrases)), None)
    if not words("advice").isdisjoint(title.lower):
        colon = title.lower.index(":") if ":" in title.lower else 0
        writers = [n for n in title.names if n.start < colon and n.label != "CITY"]
        about = [n for n in title.names if n.start > colon]
        return (writers[0].code if writers else publisher), (about[0].code if about else None)
    return publisher, None


def is_place(text: Words, name: Name) -> bool:
    """ "in Chad", "in the Chadian capital": the word before it leads to a place."""
    before = text.before(name.start)
    if before in WITHIN:
        before = text.before(name.start, 2)
    return before in words("placed") and name.label != "GOVERNMENT"


def acts_there(text: Words, name: Name) -> bool:
    """The name, or the noun it describes, is a subject in the parse; in an unparsed text, it begins the sentence."""
    i = name.end - 1
    for _ in range(3):
        if text.deps[i].startswith("nsubj"):
            return True
        if text.heads[i] == i:
            break
        i = text.heads[i]
    return name.start == text.bounds(name.sentence)[0]


def owners(text: Words, mention: Mention) -> list[Name]:
    """The States named right before a mission ("the French and Dutch embassies"), or after "of"."""
    states = [n for n in text.names_in(mention.sentence) if n.label != "CITY"]
    near = [n for n in states if 0 <= mention.start - n.end <= OWNER_REACH and _modifies(text, n, mention)]
    if near:
        return text.lists[near[-1].group]
    behind = next((n for n in states if 1 <= n.start - mention.end <= 3), None)
    word = text.after(mention.end)
    if behind is None or word not in words("of" if mention.theme == "mission" else "of_staff"):
        return []
    if mention.theme != "mission" and behind.group_size == 1 and word not in words("of"):
        return []  # "staff from Mali": of Mali, or out of it; only a list is surely of whom
    return text.lists[behind.group]


def _modifies(text: Words, name: Name, mention: Mention) -> bool:
    """Only possessive marks, adjectives and nouns stand between the name and the mission."""
    return all(
        text.lower[i] in words("possessive_marks") or text.tags[i][:2] in ("JJ", "NN", "CD", "VB", "", "RB", "HY", "CC")
        for i in range(name.end, mention.start)
    )


def places_after(text: Words, mention: Mention) -> list[Name]:
    """The places named after a mission and a preposition: "embassy in Mali", "consulates in Lviv and Odesa"."""
    _, end = text.bounds(mention.sentence)
    found = text.names_in(mention.sentence)
    for i in range(mention.end, min(mention.end + PLACE_REACH, end)):
        if text.lower[i] in words("place_prepositions"):
            behind = (n for n in found if 0 < n.start - i <= 3 and WITHIN.issuperset(text.lower[i + 1 : n.start]))
            place = next(behind, None)
            return text.lists[place.group] if place is not None else []
        if text.lower[i] not in words("between_mission_and_place"):
            break
    return [n for n in found if n.label == "CITY" and n.start == mention.end]


def city_of(name: Name) -> str | None:
    """The city that a name means: itself, or the capital for a State that is named like it (Singapore)."""
    capital = capital_of(name.code) if name.label == "STATE" else None
    return name.city or (capital if capital == state_name(name.code) else None)
