"""Frames: an event word and the mission that it may happen to. Proposed generously; learned weights decide."""

from dataclasses import dataclass

from legation.models.dates import dates_in
from legation.models.lexicon import row_statuses, table, words
from legation.models.reading.article import Article, Event, Mention
from legation.models.reading.syntax import Children, ancestors, path, root_of, steps

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
    seen: dict[int, int] = {}
    for event in article.events:
        if event.sentence not in parsed or len(found) >= FRAMES:
            continue
        seen[event.sentence] = seen.get(event.sentence, 0) + 1
        if seen[event.sentence] <= EVENTS:
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


CUES: dict[str, list[tuple[str, str]]] = {}  # first word -> (label, whole cue)
for _section, _lists in table("modality.toml").items():
    for _label, _words in _lists.items():
        for _cue in _words:
            CUES.setdefault(_cue.split()[0], []).append((_label, _cue))
SAYING = frozenset(table("speech.toml")["verbs"])
NEGATIONS = words("negations")
CONDITIONALS = words("conditionals")
FIRST_PERSON = words("first_person")
PRONOUNS = words("pronouns")
QUOTE_MARKS = {'"', "“", "”", "''", "``"}


class FrameFeatures:
    """Names of what holds for a frame, "group.name=value"; binary, for linear scorers. One instance an article."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self._sentences: dict[int, tuple[list[str], Children]] = {}
        self._title = self._title_features()

    def __call__(self, frame: Frame) -> list[str]:
        """All features of one frame."""
        shared, below = self._sentence(frame.sentence)
        return [*shared, *self._title, *self._event(frame, below), *self._theme(frame), *self._cues(frame, below)]

    def _title_features(self) -> list[str]:
        title = self.article.title
        if title is None:
            return ["title.none"]
        found = [f"title.word={word}" for word in set(title.lower) if word.isalpha()]
        found += [f"title.gives={status}" for status in self.article.headline_statuses or ("nothing",)]
        found += [f"title.mission={bool(title.missions)}", f"title.states={min(len({n.code for n in title.names}), 3)}"]
        if self.article.advised:
            found.append("title.advice")
        if self.article.publisher:
            found.append("title.publisher")
        return found

    def _sentence(self, number: int) -> tuple[list[str], Children]:
        """What all events of a sentence share."""
        if number in self._sentences:
            return self._sentences[number]
        text = self.article.text
        first, end = text.bounds(number)
        lower = text.lower[first:end]
        found = [f"sent.word={word}" for word in set(lower) if word.isalpha()]
        names = {n.code for n in self.article.by_sentence.get(number, ())}
        found += [
            f"sent.states={min(len(names), 4)}",
            f"sent.number={min(number, 3)}",
            f"sent.length={min((end - first) // 10, 4)}",
            f"article.sentences={min(len(text.starts) // 3, 5)}",
            f"sent.events={min(sum(e.sentence == number for e in self.article.events) // 2, 3)}",
            *self._dates(number, first, end),
        ]
        if "?" in lower[-3:]:
            found.append("sent.question")
        if not QUOTE_MARKS.isdisjoint(lower):
            found.append("sent.quotes")
        if not FIRST_PERSON.isdisjoint(lower):
            found.append("sent.first_person")
        if ":" in lower[:4]:
            found.append("sent.turn")
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
        found = [f"event.rows={rows}", f"event.tag={tag}", f"event.dep={dep}", f"event.word={text.lower[trigger]}"]
        found += [f"event.row={row}" for row in frame.event.rows]
        found += [f"event.row_tag={rows}|{tag}", f"event.row_dep={rows}|{dep}"]
        labels = {text.deps[c] for c in below[trigger]}
        found += [f"event.child={label}" for label in labels]
        found += [
            f"event.aux={text.lower[c]}"
            for c in below[trigger]
            if text.deps[c] in ("aux", "auxpass", "neg", "mark", "advmod", "prt")
        ]
        found += [f"event.prep={text.lower[c]}" for c in below[trigger] if text.deps[c] in ("prep", "agent")]
        found += [
            f"event.{text.deps[c]}={text.lower[c]}"
            for c in below[trigger]
            if text.deps[c] in ("amod", "det", "poss", "compound")
        ]
        aux = sorted(text.lower[c] for c in below[trigger] if text.deps[c] in ("aux", "auxpass", "neg"))
        found.append(f"event.tense={tag}|{' '.join(aux)}")
        for c in below[trigger]:
            if text.deps[c] in ("nsubj", "nsubjpass", "dobj", "pobj", "attr", "agent"):
                kind = self.article.doc[c].ent_type_ or ("mission" if self._is_mission(c) else text.lower[c])
                found.append(f"event.{text.deps[c]}={kind}")
        return found

    def _is_mission(self, i: int) -> bool:
        return any(
            m.start <= i < m.end for m in self.article.missions_by_sentence.get(self.article.text.sentence_of(i), ())
        )

    def _theme(self, frame: Frame) -> list[str]:
        text, theme = self.article.text, frame.theme
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
        label = ">".join(("<".join(way[0]), "/".join(way[1]))) if way is not None and steps(way) <= 4 else "far"
        found += [
            f"theme.path={label}",
            f"theme.path_row={label}|{'+'.join(frame.event.rows)}",
            f"theme.steps={steps(way)}",
            f"theme.dep={text.deps[root]}",
            f"theme.side={side}{min(abs(distance) // 3, 4)}",
            f"theme.row_side={'+'.join(frame.event.rows)}|{side}",
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
        found += [
            f"between.other_event={True}"
            for e in self.article.events
            if e.sentence == frame.sentence and e.start in between
        ][:1]
        return found

    def _cues(self, frame: Frame, below: Children) -> list[str]:
        """Words of modality: where they stand to the event in the parse and in the sentence."""
        text, trigger = self.article.text, frame.trigger
        first, end = text.bounds(frame.sentence)
        above = ancestors(text, trigger)
        found = []
        for step, token in enumerate(above[1:5], 1):
            found += [
                f"above.word={text.lower[token]}",
                f"above.{step}={text.lower[token]}|{text.deps[above[step - 1]]}",
            ]
            found.append(f"above.tag={text.tags[token]}")
            if step <= 3:
                found += [
                    f"above.aux={text.lower[c]}"
                    for c in below[token]
                    if text.deps[c] in ("aux", "auxpass", "neg", "mark", "advmod", "amod") and c != above[step - 1]
                ]
            if step == 1:
                joined = " ".join(
                    sorted(text.lower[c] for c in below[token] if text.deps[c] in ("aux", "auxpass", "neg"))
                )
                found.append(f"above.tense={text.tags[token]}|{joined}|{text.deps[trigger]}")
        for i in range(max(first, trigger - 12), min(end, trigger + 9)):
            for label, cue in CUES.get(text.lower[i], ()):
                parts = cue.split()
                if len(parts) > 1 and text.lower[i : i + len(parts)] != parts:
                    continue
                way = "above" if i in above[1:] else "child" if text.heads[i] == trigger else "beside"
                side = "before" if i < trigger else "behind"
                near = "near" if abs(i - trigger) <= NEAR else "far"
                found += [f"cue.{way}={label}", f"cue.{side}.{near}={label}", f"cue.word.{way}={cue}"]
        for i in range(max(first, trigger - 6), min(end, trigger + 7)):
            if i == trigger:
                continue
            found.append(f"window.{'before' if i < trigger else 'behind'}={text.lower[i]}")
            if abs(i - trigger) <= 2:
                found.append(f"window.{i - trigger}={text.lower[i]}")
        if not CONDITIONALS.isdisjoint(text.lower[first:trigger]):
            found.append("cue.conditional")
        if any(text.lower[i] in NEGATIONS for i in range(max(first, trigger - 5), trigger)):
            found.append("cue.negation")
        if any(text.lower[i] in SAYING for i in above[1:]):
            found.append("cue.said")
        quotes = sum(1 for i in range(first, trigger) if text.lower[i] in QUOTE_MARKS)
        if quotes % 2:
            found.append("cue.quoted")
        return found
