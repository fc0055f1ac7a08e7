"""What an article is about as a place: its States and cities, by where and how often it names them."""

from collections import Counter
from collections.abc import Iterator

from spacy.tokens import Doc, Span

from legation.models.lexicon import words
from legation.models.reading.places import Place

PLACED = words("placed")
SEATS = words("seats")
SURE = 2.0  # votes that make a place what a long article is about
CLEARLY = 1.5  # times as many votes as the next
LONG = 120  # tokens; below, what is named once is what it is about
ACTS = 0.2  # of a vote for a place, for a State that is named but not as a place
HEADLINE = 5  # times what a mention in the text counts

Votes = list[tuple[str, float]]


def place_votes(doc: Doc, title: Doc | None) -> Votes:
    """How much the article is about each State as a place, the most first: places count fully, who acts hardly."""
    totals: dict[str, float] = {}
    for ent, weight in _weighed(doc, title):
        totals[ent.kb_id_] = totals.get(ent.kb_id_, 0.0) + weight * _placed(ent)
    return sorted(totals.items(), key=lambda item: (-item[1], item[0]))


def topic(doc: Doc, title: Doc | None, places: Votes, senders: set[str | None]) -> Place | None:
    """The place the article is about: the city named most often, or the State that it speaks of most as a place, as
    long as that is none of `senders`. `places`: see place_votes."""
    first = places[0] if places else ("", 0.0)
    country, city, count = _main_city(doc, title)
    if country and (count > 1 or len(doc) <= LONG) and dict(places)[country] * CLEARLY > first[1]:
        return Place(country, city, 0, 0)
    others = [votes for code, votes in places if code != first[0]]
    clear = first[1] >= SURE and (not others or first[1] >= CLEARLY * others[0])
    return Place(first[0], None, 0, 0) if clear and first[0] not in senders and len(doc) > LONG else None


def _main_city(doc: Doc, title: Doc | None) -> tuple[str, str, int]:
    """The city named most, with its State and its count."""
    votes: Counter[tuple[str, str]] = Counter()
    for ent, weight in _weighed(doc, title):
        if ent.label_ == "CITY":
            votes[(ent.kb_id_, ent.id_ or ent.text)] += weight
    if not votes:
        return "", "", 0
    (country, city), count = min(votes.items(), key=lambda item: (-item[1], item[0]))
    return country, city, count


def _weighed(doc: Doc, title: Doc | None) -> Iterator[tuple[Span, int]]:
    """The names in the text and in the headline, datelines left out."""
    for source, weight in ((doc, 1), (title, HEADLINE)):
        for ent in source.ents if source is not None else ():
            if not _is_dateline(ent):
                yield ent, weight


def _placed(ent: Span) -> float:
    """ "in Chad", "the Chadian capital" and "Chad: calm" name a place; "Chad said" and "the Chadian army" do not."""
    doc = ent.doc
    after = doc[ent.end].lower_ if ent.end < len(doc) else ""
    before = doc[ent.start - 1] if ent.start else None
    if before is not None and before.lower_ == "the" and ent.start > 1:
        before = doc[ent.start - 2]
    headed = ent.start == 0 and after == ":"
    if headed or after in SEATS or (before is not None and before.lower_ in PLACED and ent.label_ in ("CITY", "STATE")):
        return 1.0
    return ACTS if ent.label_ != "CITY" else 2 * ACTS


def _is_dateline(ent: Span) -> bool:
    """ "WASHINGTON — The State Department said": where the story was filed."""
    after = ent.doc[ent.end : ent.end + 1].text
    return ent.start == 0 and ent.text.isupper() and after in ("-", "–", "—", "(", "--")
