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
from itertools import accumulate
from typing import Any

from spacy.attrs import DEP, HEAD, IDX, LENGTH, LOWER, TAG
from spacy.tokens import Doc

from legation.models.gazetteer import capital_of, state_name
from legation.models.lexicon import row_statuses, table, words

JOINERS = words("joiners")
CONJUNCTIONS = words("conjunctions")
PLACE_BEFORE = words("placed")
WITHIN = words("within_place")
POSSESSIVES = words("possessive_marks")
LONGEST_JOIN = 4  # tokens between two members of a list
# "MS PORTER: ...", "Question: ...", "Q Will the embassy ..." in a transcript
TURN = re.compile(r"\s*(?:([A-Z][A-Z.’' -]{2,40}?|[A-Z][a-z]*)(?: \([^)\n]{2,40}\))?:\s|(Q) +(?=[A-Z“\"]))")
HEADLINE = -1  # number of the headline among the sentences
TITLE_WEIGHT = 3  # mentions in the text that one in the headline is worth
OWNER_REACH = 4  # tokens between a State's name and the mission that it owns
HASHES = 1 << 64  # spaCy numbers its strings from 0 to here


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
    """Tokens, names and missions of a Doc, as plain lists."""

    def __init__(self, doc: Doc, sentence: int | None = None) -> None:
        self.doc = doc
        self.string = doc.text
        strings = doc.vocab.strings
        columns: Any = doc.to_array([LOWER, TAG, DEP, HEAD, IDX, LENGTH]).astype("int64").T.tolist()
        named = {number: strings[number % HASHES] for number in set().union(*columns[:3])}
        self.lower: list[str] = [named[number] for number in columns[0]]
        self.tags: list[str] = [named[number] for number in columns[1]]
        self.deps: list[str] = [named[number] for number in columns[2]]
        self.heads: list[int] = [i + offset for i, offset in enumerate(columns[3])]
        self._places: list[tuple[int, int]] = [(at, at + long) for at, long in zip(*columns[4:], strict=True)]
        self.starts: list[int] = [sent.start for sent in doc.sents] if sentence is None else [0]
        self._sentence = sentence
        self._turns: dict[int, tuple[int, int] | None] = {}
        self.paths: dict[tuple[int, int], Path | None] = {}  # between two tokens, as far as somebody asked
        self.names: tuple[Name, ...] = tuple(self._names())
        self.by_sentence: dict[int, list[Name]] = {}
        for name in self.names:
            self.by_sentence.setdefault(name.sentence, []).append(name)
        self.missions: tuple[Mention, ...] = tuple(
            Mention(
                s.start,
                s.end,
                s.label_,
                s.kb_id_,
                s.id_,
                self.sentence_of(s.start),
                self.lower[s.end - 1].endswith("s"),
            )
            for s in doc.spans.get("missions", ())
        )
        self.missions_by_sentence: dict[int, list[Mention]] = {}
        for mention in self.missions:
            self.missions_by_sentence.setdefault(mention.sentence, []).append(mention)
        self.events: tuple[Event, ...] = tuple(self._events())

    @cached_property
    def commas(self) -> list[int]:
        """How many commas stand before each token, and in all."""
        return list(accumulate((word == "," for word in self.lower), initial=0))

    @cached_property
    def verbs(self) -> list[int]:
        """How many verbs stand before each token, and in all."""
        return list(accumulate((tag.startswith("VB") for tag in self.tags), initial=0))

    @property
    def is_headline(self) -> bool:
        """Are these the words of a headline, not of a text?"""
        return self._sentence == HEADLINE

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
        return bisect_right(self.starts, i) - 1 if self._sentence is None else self._sentence

    def has(self, sentence: int) -> bool:
        """Is there a sentence of this number?"""
        return 0 <= sentence < len(self.starts) if self._sentence is None else sentence == self._sentence

    def bounds(self, sentence: int) -> tuple[int, int]:
        """First token of a sentence and the first behind it."""
        if self._sentence is not None:
            return 0, len(self.lower)
        end = self.starts[sentence + 1] if sentence + 1 < len(self.starts) else len(self.lower)
        return self.starts[sentence], end

    def turn(self, sentence: int) -> tuple[int, int] | None:
        """The name before the colon with which a sentence of a transcript begins; None where there is none."""
        if sentence not in self._turns:
            first, end = self.bounds(sentence)
            found = TURN.match(self.stretch(first, end))
            span = None
            if found is not None:
                (start, _), number = self.characters(first, end), 1 if found[1] is not None else 2
                places = (start + found.start(number), start + found.end(number))
                span = self.doc.char_span(*places, alignment_mode="expand")
            self._turns[sentence] = (span.start, span.end) if span is not None else None
        return self._turns[sentence]

    def before(self, i: int, back: int = 1) -> str:
        """The word `back` tokens before token i, "" before the beginning of its sentence."""
        first = self.bounds(self.sentence_of(i))[0] if i < len(self.lower) else 0
        return self.lower[i - back] if i - back >= first else ""

    def after(self, i: int, on: int = 0) -> str:
        """The word `on` tokens behind the end token i, "" behind the end of the text."""
        return self.lower[i + on] if i + on < len(self.lower) else ""

    @cached_property
    def whose(self) -> list[tuple[Mention, list[str], set[str]]]:
        """Each mission with the States beside it that own it and that it is placed in."""
        return [(m, [n.code for n in owners(self, m)], {n.code for n in places_after(self, m)}) for m in self.missions]

    def _events(self) -> Iterator[Event]:
        at: dict[tuple[int, int, bool], list[str]] = {}
        for span in self.doc.spans.get("events", ()):
            at.setdefault((span.start, span.end, bool(span.kb_id_)), []).append(span.id_)
        for (start, end, apart), rows in at.items():
            yield Event(start, end, tuple(rows), apart, self.sentence_of(start))

    def _names(self) -> Iterator[Name]:
        groups: list[list[tuple[int, int, str, str, str | None]]] = []
        for ent in self.doc.spans.get("places", ()):
            row = (ent.start, ent.end, ent.kb_id_, ent.label_, ent.id_ or None)
            last = groups[-1][-1] if groups else None
            if last is not None and self._joined(last, row):
                groups[-1].append(row)
            else:
                groups.append([row])
        for number, group in enumerate(groups):
            for place, (start, end, code, label, city) in enumerate(group):
                yield Name(start, end, code, label, city, self.sentence_of(start), number, place, len(group))

    def _joined(self, last: tuple[int, int, str, str, str | None], row: tuple[int, int, str, str, str | None]) -> bool:
        """ "A, B and C": only joining words between, one of them a conjunction or a comma; "Damascus, Syria" is one
        place and no list."""
        if self.sentence_of(last[0]) != self.sentence_of(row[0]) or (last[3] == "CITY") != (row[3] == "CITY"):
            return False
        between = self.lower[last[1] : row[0]]
        if not between or len(between) > LONGEST_JOIN:
            return False
        return all(word in JOINERS for word in between) and (between[0] == "," or not CONJUNCTIONS.isdisjoint(between))


@dataclass(frozen=True, slots=True)
class Share:
    """How an article speaks of one State: shares and counts over text and headline (see `Article.shares`)."""

    named: float = 0.0  # of all names
    acts: float = 0.0  # named as one that acts (subject), of all such
    place: float = 0.0  # named as a place, of all such
    owner: int = 0  # "the French embassy", "France's diplomats"
    host: int = 0  # "embassy in Mali", "consulate in Bamako"
    city: int = 0  # one of its cities is named
    first: float = 1.0  # where it is first named: 0 beginning, 1 end of the text
    rank: int = 99  # among all States, by share


class Article:
    """The view of one article; `title` None: no headline."""

    def __init__(self, doc: Doc, title: Doc | None, published: str | None) -> None:
        self._fill(Words(doc), Words(title, sentence=HEADLINE) if title is not None else None, published)

    def headline(self) -> "Article | None":
        """The headline as an article of one sentence, numbered HEADLINE, that knows what the whole article is about;
        None where it names no mission or no event."""
        if self.title is None or not self.title.missions or not self.title.events:
            return None
        head = Article.__new__(Article)
        head._fill(self.title, self.title, self.published)
        head.shares, head.owned_places = self.shares, self.owned_places
        head.whole = self
        return head

    def _fill(self, text: Words, title: Words | None, published: str | None) -> None:
        self.text, self.title = text, title
        self.whole = self  # of a headline: the article that it stands over
        self.published = published
        self.doc = text.doc
        self.events, self.by_sentence = text.events, text.by_sentence
        self.missions_by_sentence = text.missions_by_sentence
        self.publisher, self.advised = _publisher(self.title)
        self.headline_statuses = _headline_statuses(self.title)

    def published_at(self, sentence: int) -> str | None:
        """The day from which relative dates of a sentence count: that of its post in a live blog, else the article's"""
        if not self.doc._.posts:
            return self.published
        start, _ = self.text.characters(*self.text.bounds(sentence))
        return next((day for first, end, day in self.doc._.posts if first <= start < end), self.published)

    @cached_property
    def shares(self) -> dict[str, Share]:
        """How the article speaks of each State that it names."""
        named: Counter[str] = Counter()
        acts: Counter[str] = Counter()
        place: Counter[str] = Counter()
        owner: Counter[str] = Counter()
        host: Counter[str] = Counter()
        city: Counter[str] = Counter()
        first: dict[str, float] = {}
        for source, weight in ((self.text, 1), (self.title, TITLE_WEIGHT)):
            if source is None:
                continue
            for name in source.names:
                named[name.code] += weight
                city[name.code] += weight * (name.label == "CITY")
                first.setdefault(name.code, name.start / max(len(source.lower), 1) if weight == 1 else 0.0)
                if is_place(source, name):
                    place[name.code] += weight
                elif acts_there(source, name):
                    acts[name.code] += weight
            for _, owning, placing in source.whose:
                owner.update(dict.fromkeys(owning, weight))
                host.update(dict.fromkeys(placing, weight))
        ranked = {code: rank for rank, (code, _) in enumerate(sorted(named.items(), key=lambda kv: (-kv[1], kv[0])))}
        total, acting, placed = (max(sum(c.values()), 1) for c in (named, acts, place))
        return {
            code: Share(
                named[code] / total,
                acts[code] / acting,
                place[code] / placed,
                owner[code],
                host[code],
                city[code],
                first[code],
                ranked[code],
            )
            for code in named
        }

    @cached_property
    def owned_places(self) -> Counter[tuple[str, str]]:
        """How often the article has "S's embassy in H" for each pair (S, H)."""
        found: Counter[tuple[str, str]] = Counter()
        for source in (self.text, self.title):
            if source is None:
                continue
            for _, owning, placing in source.whose:
                found.update((s, h) for s in owning for h in placing if s != h)
        return found


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
    return before in PLACE_BEFORE and name.label != "GOVERNMENT"


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
    found = text.names_in(mention.sentence)
    near = [n for n in found if n.end <= mention.start and mention.start - n.end <= OWNER_REACH and n.label != "CITY"]
    near = [n for n in near if _modifies(text, n, mention)]
    if near:
        return [n for n in found if n.group == near[-1].group]
    leads = words("of") if mention.theme == "mission" else words("of_staff")
    if text.after(mention.end) in leads:
        behind = [n for n in found if 1 <= n.start - mention.end <= 3 and n.label != "CITY"]
        if (
            mention.theme != "mission"
            and behind
            and behind[0].group_size == 1
            and text.after(mention.end) not in words("of")
        ):
            return []  # "staff from Mali": of Mali, or out of it; only a list is surely of whom
        return [n for n in found if behind and n.group == behind[0].group]
    return []


def _modifies(text: Words, name: Name, mention: Mention) -> bool:
    """Only possessive marks, adjectives and nouns stand between the name and the mission."""
    between = range(name.end, mention.start)
    return all(
        text.lower[i] in POSSESSIVES
        or text.tags[i][:2] in ("JJ", "NN", "CD", "VB", "", "RB", "HY")
        or text.tags[i] == "CC"
        for i in between
    )


def places_after(text: Words, mention: Mention) -> list[Name]:
    """The places named after a mission and a preposition: "embassy in Mali", "consulates in Lviv and Odesa"."""
    _, end = text.bounds(mention.sentence)
    found = text.names_in(mention.sentence)
    i = mention.end
    while i < end and i - mention.end < 5:
        if text.lower[i] in words("place_prepositions"):
            behind = [n for n in found if 0 < n.start - i <= 3]
            behind = [n for n in behind if all(text.lower[j] in WITHIN for j in range(i + 1, n.start))]
            return [n for n in found if behind and n.group == behind[0].group]
        if text.lower[i] not in words("between_mission_and_place"):
            break
        i += 1
    return [n for n in found if n.label == "CITY" and n.start == mention.end]


def city_of(name: Name) -> str | None:
    """The city that a name means: itself, or the capital for a State that is named like it (Singapore)."""
    capital = capital_of(name.code) if name.label == "STATE" else None
    return name.city or (capital if capital == state_name(name.code) else None)
