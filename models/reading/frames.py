"""Frames: an event word and the mission that it may happen to. Proposed generously; learned weights decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice

from legation.models.dates import dates_in
from legation.models.lexicon import cues, row_statuses, table, words
from legation.models.reading.article import Article, Event, Mention, Words
from legation.models.reading.syntax import Children, ancestors, path, root_of, short_path, steps

THEMES = 3  # candidate themes of an event within its sentence
CARRIED = 2  # sentences that a mission is carried on for
TITLE = 9  # sentences back, of a theme from the headline
EVENTS = 24  # events of a sentence that are looked at; a longer sentence is a table or a list
FRAMES = 600  # frames of an article
NEAR = 4  # tokens that "near" means


@dataclass(frozen=True, slots=True)
class Frame:
    """`trigger`: the token that carries the event; `carried`: sentences back to the theme, TITLE for the headline."""

    event: Event
    trigger: int
    theme: Mention
    carried: int

    @property
    def sentence(self) -> int:
        return self.event.sentence


def frames(article: Article, parsed: set[int]) -> list[Frame]:
    """The frames of the sentences that were parsed (`parsed`: numbers of sentences)."""
    found: list[Frame] = []
    for sentence, events in groupby(article.events, key=lambda event: event.sentence):
        for event in islice(events, EVENTS if sentence in parsed else 0):
            if len(found) < FRAMES:
                found += _frames(article, event)
    return found


def _frames(article: Article, event: Event) -> list[Frame]:
    text = article.text
    trigger = event.start if event.apart else root_of(text, event.start, event.end)
    here = [m for m in article.missions_by_sentence.get(event.sentence, ()) if not m.start <= trigger < m.end]
    if here:
        ranked = sorted(
            here, key=lambda m: (steps(path(text, trigger, root_of(text, m.start, m.end))), abs(m.start - trigger))
        )
        return [Frame(event, trigger, theme, 0) for theme in ranked[:THEMES]]
    for back in range(1, CARRIED + 1):
        before = article.missions_by_sentence.get(event.sentence - back, ())
        if before:
            chosen = [m for m in before if m.theme == "mission"] or before
            return [Frame(event, trigger, chosen[-1], back)]
    if article.title is not None and article.title.missions:
        return [Frame(event, trigger, article.title.missions[0], TITLE)]
    return []


def statuses(frame: Frame) -> set[str]:
    """The statuses that the rows of the event name for the theme; empty: none does."""
    return {status for row in frame.event.rows for status in row_statuses(row, (frame.theme.theme,))}


SAYING = frozenset(table("speech.toml")["verbs"])
QUOTE_MARKS = {'"', "“", "”", "''", "``"}
HELPERS = ("aux", "auxpass", "neg")  # labels of what goes with a verb


class FrameFeatures:
    """Names of what holds for a frame, "group.name=value"; binary, for linear scorers. One instance an article."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self._sentences: dict[int, tuple[list[str], Children]] = {}

    def __call__(self, frame: Frame) -> list[str]:
        """All features of one frame."""
        shared, below = self._sentence(frame.sentence)
        return [*shared, *self._title, *self._event(frame, below), *self._theme(frame), *self._cues(frame, below)]

    @cached_property
    def _title(self) -> list[str]:
        title = self.article.title
        if title is None:
            return ["title.none"]
        return [
            *(f"title.word={word}" for word in set(title.lower) if word.isalpha()),
            *(f"title.gives={status}" for status in self.article.headline_statuses or ("nothing",)),
            f"title.mission={bool(title.missions)}",
            f"title.states={min(len({n.code for n in title.names}), 3)}",
            *_holding({"title.advice": self.article.advised, "title.publisher": self.article.publisher}),
        ]

    def _sentence(self, number: int) -> tuple[list[str], Children]:
        """What all events of a sentence share."""
        if number in self._sentences:
            return self._sentences[number]
        text = self.article.text
        first, end = text.bounds(number)
        lower = text.lower[first:end]
        names = {n.code for n in text.names_in(number)}
        holds = {
            "sent.question": "?" in lower[-3:],
            "sent.quotes": not QUOTE_MARKS.isdisjoint(lower),
            "sent.first_person": not words("first_person").isdisjoint(lower),
            "sent.turn": ":" in lower[:4],
        }
        found = [
            *(f"sent.word={word}" for word in set(lower) if word.isalpha()),
            f"sent.states={min(len(names), 4)}",
            f"sent.number={min(number, 3)}",
            f"sent.length={min((end - first) // 10, 4)}",
            f"article.sentences={min(len(text.starts) // 3, 5)}",
            f"sent.events={min(sum(e.sentence == number for e in self.article.events) // 2, 3)}",
            *self._dates(number, first, end),
            *_holding(holds),
        ]
        self._sentences[number] = found, Children(text, number)
        return self._sentences[number]

    def _dates(self, sentence: int, first: int, end: int) -> list[str]:
        """Whether the sentence names days to come or gone."""
        published = self.article.published_at(sentence)
        text = self.article.text.stretch(first, end)
        found = {
            "ahead" if published and date.ahead > published[: len(date.ahead)] else "gone" if published else "some"
            for date in dates_in(text, published)
        }
        return [f"sent.date={kind}" for kind in found or {"none"}]

    def _event(self, frame: Frame, below: Children) -> list[str]:
        text, trigger = self.article.text, frame.trigger
        tag, dep = text.tags[trigger], text.deps[trigger]
        rows = "+".join(frame.event.rows)
        missions = self.article.missions_by_sentence.get(frame.sentence, ())
        found = [
            f"event.rows={rows}",
            f"event.tag={tag}",
            f"event.dep={dep}",
            f"event.word={text.lower[trigger]}",
            f"event.row_tag={rows}|{tag}",
            f"event.row_dep={rows}|{dep}",
            f"event.tense={tag}|{_helpers(text, below[trigger])}",
            *(f"event.row={row}" for row in frame.event.rows),
            *(f"event.child={label}" for label in {text.deps[c] for c in below[trigger]}),
        ]
        for c in below[trigger]:
            label, word = text.deps[c], text.lower[c]
            if label in (*HELPERS, "mark", "advmod", "prt"):
                found.append(f"event.aux={word}")
            if label in ("prep", "agent"):
                found.append(f"event.prep={word}")
            if label in ("amod", "det", "poss", "compound"):
                found.append(f"event.{label}={word}")
            if label in ("nsubj", "nsubjpass", "dobj", "pobj", "attr", "agent"):
                kind = "mission" if any(m.start <= c < m.end for m in missions) else word
                found.append(f"event.{label}={self.article.doc[c].ent_type_ or kind}")
        return found

    def _theme(self, frame: Frame) -> list[str]:
        text, theme, rows = self.article.text, frame.theme, "+".join(frame.event.rows)
        found = [
            f"theme.row={theme.row}",
            f"theme.theme={theme.theme}",
            f"theme.kind={theme.kind}",
            f"theme.plural={theme.plural}",
            f"theme.carried={frame.carried}",
            *(f"theme.event={row}|{theme.theme}" for row in frame.event.rows),
            *(f"theme.gives={status}" for status in statuses(frame) or ("nothing",)),
        ]
        if frame.carried:
            return found
        root = root_of(text, theme.start, theme.end)
        way = path(text, frame.trigger, root)
        distance = theme.start - frame.trigger
        side = "behind" if distance > 0 else "before"
        label = short_path(way, longest=4)
        found += [
            f"theme.path={label}",
            f"theme.path_row={label}|{rows}",
            f"theme.steps={steps(way)}",
            f"theme.dep={text.deps[root]}",
            f"theme.side={side}{min(abs(distance) // 3, 4)}",
            f"theme.row_side={rows}|{side}",
            f"theme.before={text.before(theme.start)}",
            f"theme.before2={text.before(theme.start, 2)}",
            f"theme.after={text.after(theme.end)}",
            f"theme.head={text.lower[text.heads[root]]}",
        ]
        between = range(min(theme.end, frame.event.end), max(theme.start, frame.event.start))
        if len(between) <= 6:
            found += [f"between={text.lower[i]}" for i in between]
            if not any(self.article.doc[i].is_alpha for i in between):
                found.append("between.nothing")
        if any(event.start in between for event in self.article.events):
            found.append("between.other_event=True")
        return found

    def _cues(self, frame: Frame, below: Children) -> list[str]:
        """Words of modality: where they stand to the event in the parse and in the sentence."""
        text, trigger = self.article.text, frame.trigger
        first, end = text.bounds(frame.sentence)
        above = ancestors(text, trigger)
        found = [f"above.tense={text.tags[i]}|{_helpers(text, below[i])}|{text.deps[trigger]}" for i in above[1:2]]
        for step, token in enumerate(above[1:5], 1):
            child = above[step - 1]
            found += [
                f"above.word={text.lower[token]}",
                f"above.{step}={text.lower[token]}|{text.deps[child]}",
                f"above.tag={text.tags[token]}",
            ]
            if step <= 3:
                others = [c for c in below[token] if c != child]
                labels = (*HELPERS, "mark", "advmod", "amod")
                found += [f"above.aux={text.lower[c]}" for c in others if text.deps[c] in labels]
        for i in range(max(first, trigger - 12), min(end, trigger + 9)):
            for label, cue in cues().get(text.lower[i], ()):
                if text.lower[i : i + len(cue)] == cue:
                    way = "above" if i in above[1:] else "child" if text.heads[i] == trigger else "beside"
                    side = "before" if i < trigger else "behind"
                    near = "near" if abs(i - trigger) <= NEAR else "far"
                    found += [
                        f"cue.{way}={label}",
                        f"cue.{side}.{near}={label}",
                        f"cue.word.{way}={' '.join(cue)}",
                    ]
        for i in range(max(first, trigger - 6), min(end, trigger + 7)):
            if i != trigger:
                found.append(f"window.{'before' if i < trigger else 'behind'}={text.lower[i]}")
            if 0 < abs(i - trigger) <= 2:
                found.append(f"window.{i - trigger}={text.lower[i]}")
        before = text.lower[first:trigger]
        holds = {
            "cue.conditional": not words("conditionals").isdisjoint(before),
            "cue.negation": not words("negations").isdisjoint(before[-5:]),
            "cue.said": any(text.lower[i] in SAYING for i in above[1:]),
            "cue.quoted": sum(word in QUOTE_MARKS for word in before) % 2,
        }
        return [*found, *_holding(holds)]


def _holding(holds: Mapping[str, object]) -> list[str]:
    """The names of what is true."""
    return [name for name, true in holds.items() if true]


def _helpers(text: Words, tokens: Iterable[int]) -> str:
    """The words of HELPERS among the tokens, in the order of the alphabet."""
    return " ".join(sorted(text.lower[i] for i in tokens if text.deps[i] in HELPERS))
