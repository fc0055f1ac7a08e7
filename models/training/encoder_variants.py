"""Other versions of a window, so that every epoch of the training shows the sentence encoder other texts.

`Names` exchanges the names of States for those of others: the network learns roles, not names. What is claimed stays
known. `Scrambler` exchanges words of events and missions and takes context away: nobody knows what such a window means,
only a teacher has an opinion.
"""

import random
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from legation.models.encoder import Part, Span
from legation.models.training.encoder_windows import Pair, Reading, Window, Words

KEPT = {"EU", "UN", "VA"}  # never exchanged: no other State could stand for them
ARTICLE = re.compile(r"\b[Tt]he $")  # right before a name
SPELLINGS = 3  # the commonest spellings of a name are used, so many
STAY = 0.35  # share of the States of a window that keep their names when names are exchanged
TRIES = 12  # States tried as another's replacement
SAME = 0.5  # share of event and mission words that stay when words are scrambled
BARE, STRANGE = 0.25, 0.15  # shares of the scrambled windows without context, and with that of another window
NEAR = 50  # a strange context is one of the so many nearest in length, since a batch has windows of like length
ENDINGS = ("ing", "ed", "s")  # words that end alike stand for each other

Edit = tuple[int, int, str]  # half-open characters that are replaced, and by what
NOWHERE = Part("", ())


def rewritten(
    part: Part, words: Iterable[Words], edits: Sequence[Edit], change: Mapping[str, str]
) -> tuple[Part, tuple[Words, ...]]:
    """A part with its text edited, and spans and words moved along; `change`: new codes of States by the old ones.

    `edits` are in order and do not overlap. What begins or ends within an edit then begins or ends with the new text.
    """
    text, last = "", 0
    for start, end, new in edits:
        text += part.text[last:start] + new
        last = end
    spans = [
        Span(_moved(span.start, edits), _moved(span.end, edits, ends=True), span.kind, change.get(span.code, span.code))
        for span in part.spans
    ]
    moved = [Words(_moved(w.start, edits), _moved(w.end, edits, ends=True), w.detail) for w in words]
    return Part(text + part.text[last:], tuple(spans)), tuple(moved)


def _moved(at: int, edits: Iterable[Edit], *, ends: bool = False) -> int:
    """The new place of a character; `ends`: of the end of a stretch, which takes the whole new text."""
    by = 0
    for start, end, new in edits:
        if end > at:
            return start + by + (len(new) if ends else 0) if start < at else at + by
        by += len(new) - (end - start)
    return at + by


class Names:
    """Exchanges the names of States in a window for those of others.

    Names, and which of them take "the", come from the texts.
    """

    def __init__(self, readings: Iterable[Reading]) -> None:
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        mentions: Counter[str] = Counter()
        with_article: Counter[str] = Counter()
        for reading in readings:
            for sentence in reading.sentences:
                for span in sentence.spans:
                    if not span.code:
                        continue
                    name = sentence.text[span.start : span.end]
                    counts[span.code, _form(span.kind, name)][name] += 1
                    mentions[name] += 1
                    with_article[name] += sentence.text[: span.start].lower().endswith("the ")
        self.spellings = {key: [name for name, _ in c.most_common(SPELLINGS)] for key, c in counts.items()}
        self.codes = sorted({code for code, _ in self.spellings} - KEPT)
        self.with_article = {name for name, n in with_article.items() if 2 * n > mentions[name]}

    def exchange(self, each: Window, rng: random.Random) -> Window:
        """A copy with other names for about two thirds of its States."""
        forms: dict[str, set[str]] = defaultdict(set)
        for p in each.parts:
            for span in p.spans:
                if span.code:
                    forms[span.code].add(_form(span.kind, p.text[span.start : span.end]))
        change: dict[str, str] = {}
        for code, needed in forms.items():
            if code in KEPT or rng.random() < STAY:
                continue
            for other in rng.sample(self.codes, min(TRIES, len(self.codes))):
                free = other not in forms and other not in change.values()
                if free and all((other, form) in self.spellings for form in needed):
                    change[code] = other
                    break
        spelling = {
            (code, form): rng.choice(self.spellings[other, form])
            for code, other in change.items()
            for form in sorted(forms[code])
        }

        def moved(pairs: frozenset[Pair]) -> frozenset[Pair]:
            return frozenset((change.get(s, s), change.get(r, r), label) for s, r, label in pairs)

        both = [
            rewritten(p, words, list(self._edits(p, change, spelling)), change)
            for p, words in zip(each.parts, each.words, strict=True)
        ]
        return replace(
            each,
            parts=tuple(p for p, _ in both),
            words=tuple(words for _, words in both),
            pairs=moved(each.pairs),
            open_pairs=moved(each.open_pairs),
        )

    def _edits(self, p: Part, change: Mapping[str, str], spelling: Mapping[tuple[str, str], str]) -> Iterator[Edit]:
        """The new names of a part, each with the article that it takes or does without."""
        last = 0
        for start, end, kind, code in p.spans:
            if code not in change or start < last:
                continue
            name = spelling[code, _form(kind, p.text[start:end])]
            if kind == "STATE":
                article = ARTICLE.search(p.text, last, start)
                if article and name not in self.with_article:
                    yield article.start(), start, ""
                elif not article and name in self.with_article:
                    yield start, start, "the " if p.text[:start].strip() else "The "
            yield start, end, name
            last = end


def _form(kind: str, name: str) -> str:
    """What can stand for what: a plural of people for another, capitals for capitals."""
    return f"{kind}{'s' if kind == 'DEMONYM' and name.endswith('s') else ''}{'^' if name.isupper() else ''}"


class Scrambler:
    """Takes windows apart, with words and context of other windows of the same fold: what is learned for the texts of
    a fold must not come from them."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self.phrases: dict[tuple[int, str, str], list[str]] = defaultdict(list)
        self.contexts: dict[int, list[tuple[Part, ...]]] = defaultdict(list)
        for each in windows:
            own = each.parts[-1]
            for start, end, kind, _ in _free(own):
                phrase = own.text[start:end]
                self.phrases[each.fold, kind, _ending(kind, phrase)].append(phrase)
            if len(each.parts) > 2:
                self.contexts[each.fold].append(each.parts[:-1])
        for some in self.contexts.values():
            some.sort(key=_size)

    def scramble(self, each: Window, rng: random.Random) -> Window:
        """A copy with other events and missions, often with no context or a strange one. Nothing of it is judged."""
        own, edits, last = each.parts[-1], [], 0
        for start, end, kind, _ in _free(own):
            if start < last or rng.random() < SAME:
                continue
            old = own.text[start:end]
            new = rng.choice(self.phrases[each.fold, kind, _ending(kind, old)])
            edits.append((start, end, new[:1].upper() + new[1:] if old[:1].isupper() else new))
            last = end
        own, _ = rewritten(own, (), edits, {})
        context, chance = each.parts[:-1], rng.random()
        if chance < BARE and context:
            context = (NOWHERE,)
        elif chance < BARE + STRANGE and self.contexts[each.fold]:
            others = self.contexts[each.fold]
            place = bisect_left(others, _size(context), key=_size) + rng.randint(-NEAR, NEAR)
            context = others[min(max(place, 0), len(others) - 1)]
        parts = (*context, own)
        return Window(
            each.text, each.fold, each.real, each.start, each.end, parts, words=((),) * len(parts), judged=False
        )


def _size(context: Sequence[Part]) -> int:
    """Its characters."""
    return sum(len(part.text) for part in context)


def _free(own: Part) -> Iterator[Span]:
    """Events and missions that hold no name of a State."""
    names = [span for span in own.spans if span.code]
    for span in own.spans:
        if not span.code and not any(name.start < span.end and name.end > span.start for name in names):
            yield span


def _ending(kind: str, phrase: str) -> str:
    """How the verb of an event ends, which is its first word, or the noun of a mission, its last one."""
    word = phrase.lower().split()[0 if kind == "EVENT" else -1]
    return next((ending for ending in ENDINGS if word.endswith(ending)), "")
