"""Whose mission, and where: candidate (sending State, receiving State) pairs of a frame, and what speaks for each.

Every State of the sentence, of the two before it, of the headline and of what the article is about can be either side;
None stands for a group without names and for a place that the text does not tell.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from legation.models.claim import MODALITIES, STATUSES
from legation.models.lexicon import feature_names, words
from legation.models.reading.article import Article, Mention, Name, acts_there, is_place
from legation.models.reading.frames import SAYING, TITLE, Frame
from legation.models.reading.syntax import NO_PATH, ancestors, path, root_of, short_path, steps

Code = str | None
FAR = 50.0  # tokens: not in the sentence
LOST = 9.0  # sentences: not named before
COMMON = 4  # States that an article names most are candidates everywhere
POOL = 32  # States that are candidates of one frame; the nearest come first
PAIRS = 400  # of one frame; beyond, pairs within one list are left out first
THEMES = ("mission", "staff", "ambassador", "operations", "presence", "section")
PRONOUNS = words("pronouns")
FIRST_PERSON = words("first_person")
RECIPROCAL = words("reciprocal")
OTHERS = words("others")
BOTH = words("both")
THE_COUNTRY = words("the_country")

# what is asked of the missions that a State owns, and of those that are placed in it
SINCE = "sentences since it owned a mission", "sentences since a mission was placed in it"
HERE = "owns a mission of the sentence", "place of a mission of the sentence"
OF_THE_THEME = "owns the theme", "place of the theme"

CODE_FEATURES = feature_names("code")
DECISIONS = ("claim", *(f"status {s}" for s in STATUSES), *(f"modality {m}" for m in MODALITIES))
FRAME_FEATURES = (*DECISIONS, *(f"theme {theme}" for theme in THEMES), *feature_names("frame"))
PAIR_FEATURES = feature_names("pair")
IN_HEADLINE = CODE_FEATURES.index("mentions in the headline")
NOWHERE = (-1, -1, -1, 0)  # tokens, list and its size of a State that the sentence does not name
NAMES = (
    *(f"frame: {n}" for n in FRAME_FEATURES),
    *(f"sender: {n}" for n in CODE_FEATURES),
    *(f"receiver: {n}" for n in CODE_FEATURES),
    *(f"pair: {n}" for n in PAIR_FEATURES),
)


def pool(article: Article, frame: Frame) -> list[Code]:
    """The candidate States of a frame, the nearest first; None last."""
    found: dict[Code, None] = {}
    for back in range(3):
        names = article.by_sentence.get(frame.sentence - back, [])
        if len(names) > POOL:
            names = sorted(names, key=lambda name: (abs(name.start - frame.trigger), name.start))
        found.update((name.code, None) for name in names)
    if article.title is not None:
        found.update((name.code, None) for name in article.title.names)
    ranked = sorted(article.shares.items(), key=lambda item: item[1].rank)
    found.update((code, None) for code, share in ranked[:COMMON])
    found.update((code, None) for code, share in ranked if share.owner >= 2 or share.host >= 2)
    found.update((code, None) for code in (article.publisher, article.advised) if code)
    return [*list(found)[:POOL], None]


def pairs(article: Article, frame: Frame, codes: Sequence[Code]) -> list[tuple[int, int]]:
    """All ordered pairs of different candidates, as numbers into `codes`."""
    count = len(codes)
    found = [(s, r) for s in range(count) for r in range(count) if s != r]
    if len(found) > PAIRS:
        lists: dict[Code, int] = {
            n.code: n.group for n in article.by_sentence.get(frame.sentence, ()) if n.group_size > 2
        }
        found = [(s, r) for s, r in found if lists.get(codes[s]) is None or lists.get(codes[s]) != lists.get(codes[r])]
        found = sorted(found, key=lambda pair: (min(pair), max(pair)))[:PAIRS]
    return found


@dataclass(frozen=True)
class Side:
    """What is known of one candidate State in one frame: `dense` as in CODE_FEATURES (role scores still 0), and binary
    features for the linear scorers of the two roles."""

    dense: list[float]
    sparse: list[str]
    nearest: Name | None


class PairFeatures:
    """Describes the candidates of a frame. One instance an article."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.text = article.text
        self._known: dict[str, dict[str, float]] = {}  # what the article and its headline say of each State
        self._counts = Counter((name.sentence, name.code) for name in article.text.names)

    @cached_property
    def _missions(self) -> tuple[dict[str, list[Mention]], dict[str, list[Mention]]]:
        """The missions of the text by the States that own them, and by those that they are placed in."""
        owned: dict[str, list[Mention]] = {}
        placed: dict[str, list[Mention]] = {}
        for mention, owners, places in self.text.whose:
            for found, codes in ((owned, set(owners)), (placed, places)):
                for code in codes:
                    found.setdefault(code, []).append(mention)
        return owned, placed

    @cached_property
    def _pairs_beside(self) -> set[tuple[int, Code, Code]]:
        """(sentence, owner, place) of the missions that name both."""
        return {(m.sentence, s, r) for m, owners, places in self.text.whose for s in owners for r in places}

    @cached_property
    def _described(self) -> set[tuple[int, int]]:
        """(sentence, token) of the missions that name an owner or a place."""
        return {(m.sentence, m.start) for m, owners, places in self.text.whose if owners or places}

    def side(self, frame: Frame, code: Code) -> Side:
        """One candidate as either side of a frame."""
        if code is None:
            dense = [0.0] * len(CODE_FEATURES)
            dense[-1] = 1.0
            return Side(dense, ["none", *(f"none.row={row}" for row in frame.event.rows)], None)
        article = self.article
        here = [n for n in article.by_sentence.get(frame.sentence, ()) if n.code == code]
        values: dict[str, float] = {}
        labels = {n.label for n in here}
        groups = {n.group for n in here}
        unit = [n for n in article.by_sentence.get(frame.sentence, ()) if n.group in groups] if here else []
        theme = frame.theme if not frame.carried else None
        values["mentions in the sentence"] = len(here)
        for label, name in (
            ("STATE", "named as a State"),
            ("DEMONYM", "as a people"),
            ("GOVERNMENT", "as a government"),
            ("CITY", "as a city"),
        ):
            values[name] = label in labels
        values["tokens before the theme"], values["tokens behind the theme"] = (
            _around(unit, theme.start, theme.end) if theme else (FAR, FAR)
        )
        values["tokens before the event"], values["tokens behind the event"] = _around(
            unit, frame.event.start, frame.event.end
        )
        nearest = self._relations(frame, theme, here, unit, values)
        self._earlier(frame, code, values)
        if code not in self._known:
            self._known[code] = {**self._headline(code), **self._article(code)}
        values |= self._known[code]
        return Side(
            [float(values.get(name, 0.0)) for name in CODE_FEATURES],
            self._sparse(frame, theme, nearest, values),
            nearest,
        )

    def _relations(
        self, frame: Frame, theme: Mention | None, here: list[Name], unit: list[Name], values: dict[str, float]
    ) -> Name | None:
        """Fill what the parse says; return the mention that is nearest to theme and event."""
        text = self.text
        values["steps to the theme"] = values["steps to the event"] = NO_PATH
        if not here:
            return None
        theme_root = root_of(text, theme.start, theme.end) if theme else None
        best: tuple[float, Name] | None = None
        for name in here:
            first = next((n for n in unit if n.group == name.group and n.place_in_group == 0), name)
            for member in (name,) if first is name else (name, first):
                root = root_of(text, member.start, member.end)
                to_event = steps(path(text, root, frame.trigger))
                to_theme = steps(path(text, root, theme_root)) if theme_root is not None else NO_PATH
                values["steps to the event"] = min(values["steps to the event"], to_event)
                values["steps to the theme"] = min(values["steps to the theme"], to_theme)
                values |= dict.fromkeys(self._hangs(root, frame.trigger, theme_root), 1.0)
                distance = to_theme + to_event + abs(member.start - frame.trigger) / FAR
                if best is None or distance < best[0]:
                    best = distance, name
        values["named as a place"] = any(is_place(text, name) for name in here)
        values["after a colon"] = any(text.before(name.start) == ":" for name in here)
        values["size of its list"] = max(name.group_size for name in here)
        values["place in its list"] = here[0].place_in_group
        earlier = {n.code for n in self.article.by_sentence[frame.sentence] if n.start < here[0].start}
        values["order in the sentence"] = len(earlier)
        return best[1] if best else None

    def _hangs(self, root: int, trigger: int, theme: int | None) -> Iterator[str]:
        """What the parse says of a name with this root, by the tokens above it: CODE_FEATURES that hold."""
        text, above = self.text, ancestors(self.text, trigger)
        for step, token in enumerate(ancestors(text, root)[:4]):
            dep, head = text.deps[token], text.heads[token]
            if dep.startswith(("nsubj", "csubj")):
                if head == trigger:
                    yield "subject of the event"
                if head in above[1:]:
                    yield "subject above the event"
                if text.lower[head] in SAYING:
                    yield "subject of a verb of saying"
            if dep == "dobj" and head == trigger:
                yield "object of the event"
            if dep == "agent" and head in above[:2]:
                yield "agent of the event"
            if dep == "prep" and head in (trigger, theme):
                yield "object of a preposition below event or theme"
            if head == theme and step < 2 and dep in ("poss", "amod", "compound", "nmod"):
                yield "modifies the theme"

    def _earlier(self, frame: Frame, code: str, values: dict[str, float]) -> None:
        sentence = frame.sentence
        named = [self._counts[sentence - back, code] for back in range(int(LOST))]
        values["in the sentence before"], values["two sentences before"] = named[1:3]
        values["sentences since it was named"] = next((back for back, count in enumerate(named) if count), LOST)
        values["subject in the sentence before"] = any(
            n.code == code and acts_there(self.text, n) for n in self.article.by_sentence.get(frame.sentence - 1, ())
        )
        theme = frame.theme.start if frame.carried != TITLE else -1
        for missions, since, here, the_theme in zip(self._missions, SINCE, HERE, OF_THE_THEME, strict=True):
            told = [m for m in missions.get(code, ()) if m.sentence <= sentence]
            values[since] = min((sentence - m.sentence for m in told), default=LOST)
            values[here] = any(m.sentence == sentence for m in told)
            values[the_theme] = any(m.start == theme for m in told)

    def _headline(self, code: str) -> dict[str, float]:
        title = self.article.title
        if title is None:
            return {}
        named = [n for n in title.names if n.code == code]
        return {
            "mentions in the headline": len(named),
            "order in the headline": len({n.code for n in title.names if n.start < named[0].start}) if named else 9,
            "place in the headline": any(is_place(title, n) for n in named),
            "acts in the headline": any(n.start == 0 for n in named),
            "owner in the headline": any(code in owners for _, owners, _ in title.whose),
            "host in the headline": any(code in places for _, _, places in title.whose),
        }

    def _article(self, code: str) -> dict[str, float]:
        share = self.article.shares.get(code)
        known: dict[str, float] = {"rank": 99}
        if share is not None:
            known = {
                "share of names": share.named,
                "share of subjects": share.acts,
                "share of places": share.place,
                "owner of missions": share.owner,
                "host of missions": share.host,
                "cities named": share.city,
                "first named": share.first,
                "rank": share.rank,
            }
        return {
            **known,
            "publisher": code == self.article.publisher,
            "advised": code == self.article.advised,
            "is a union": code in ("EU", "UN"),
        }

    def _sparse(self, frame: Frame, theme: Mention | None, name: Name | None, values: dict[str, float]) -> list[str]:
        rows = "+".join(frame.event.rows)
        found = [
            f"since={int(values['sentences since it was named'])}",
            f"title={int(min(values.get('mentions in the headline', 0), 2))}",
        ]
        if name is None:
            return [*found, "away"]
        text = self.text
        if name.group_size > 1 and name.place_in_group:  # the members of a list share the role of its first one
            name = next(
                n for n in self.article.by_sentence[name.sentence] if n.group == name.group and not n.place_in_group
            )
        root = root_of(text, name.start, name.end)
        first, end = text.bounds(name.sentence)
        b1, b2 = text.before(name.start), text.before(name.start, 2)
        a1 = text.lower[name.end] if name.end < end else ""
        a2 = text.lower[name.end + 1] if name.end + 1 < end else ""
        event_path, theme_path = short_path(path(text, root, frame.trigger)), "none"
        if theme is not None:
            theme_path = short_path(path(text, root, root_of(text, theme.start, theme.end)))
        side = "before" if name.start < frame.trigger else "behind"
        found += [
            f"label={name.label}",
            f"b1={b1}",
            f"b2={b2} {b1}",
            f"a1={a1}",
            f"a2={a1} {a2}",
            f"b1.label={b1}|{name.label}",
            f"event={event_path}",
            f"event.rows={event_path}|{rows}",
            f"theme={theme_path}",
            f"theme.label={theme_path}|{name.label}",
            f"dep={text.deps[root]}",
            f"head={text.lower[text.heads[root]]}",
            f"side={side}",
            f"side.label={side}|{name.label}",
            f"b1.side={b1}|{side}",
            f"side.rows={side}|{rows}",
            f"tag={text.tags[frame.trigger]}|{event_path}",
            f"list={min(name.group_size, 4)}",
            f"list.event={min(name.group_size, 4)}|{event_path}",
            f"b1.rows={b1}|{rows}",
            f"head.dep={text.lower[text.heads[root]]}|{text.deps[root]}",
        ]
        if theme is not None:
            owner = next(
                (w for w in reversed(text.lower[max(theme.start - 4, first) : theme.start]) if w in PRONOUNS), ""
            )
            kinds = f"{theme.theme}{'s' if theme.plural else ''}|{owner}"
            found += [
                f"theme.dep={kinds}|{text.deps[root]}|{side}",
                f"theme.event={kinds}|{event_path}",
                f"theme.b1={kinds}|{b1}",
            ]
            where = range(name.end, theme.start) if name.end <= theme.start else range(theme.end, name.start)
            order = "before theme" if name.end <= theme.start else "behind theme"
            found.append(f"order={order}")
            found.append(f"order.b1={order}|{b1}")
            if len(where) <= 5:
                found.append(f"gap={order}|{' '.join(text.lower[i] for i in where)}")
            found += [f"gap.word={order}|{text.lower[i]}" for i in where][:8]
        return found

    def frame_values(self, frame: Frame, candidates: int) -> list[float]:
        """FRAME_FEATURES behind the decisions on the frame."""
        text, theme = self.text, frame.theme
        first, end = text.bounds(frame.sentence)
        words_before = set(text.lower[max(theme.start - 4, 0) : theme.start]) if frame.carried != 9 else set()
        sentence = text.lower[first:end]
        joined = " ".join(sentence)
        return [
            *(float(theme.theme == t) for t in THEMES),
            float(theme.plural),
            float(frame.carried),
            float(not PRONOUNS.isdisjoint(words_before)),
            float(not FIRST_PERSON.isdisjoint(sentence)),
            float(any(phrase in joined for phrase in RECIPROCAL)),
            float(not OTHERS.isdisjoint(sentence)),
            float(not BOTH.isdisjoint(sentence)),
            float(any(phrase in joined for phrase in THE_COUNTRY)),
            float(
                any(
                    text.deps[j] in ("auxpass", "nsubjpass") and text.heads[j] == frame.trigger
                    for j in range(first, end)
                )
            ),
            float(text.tags[frame.trigger].startswith("NN")),
            float(candidates),
            float(len({n.code for n in self.article.by_sentence.get(frame.sentence, ())})),
            float(len(self.article.shares)),
            float(len(text.starts)),
            float(self.article.title is not None),
        ]

    def pair_rows(
        self, frame: Frame, codes: Sequence[Code], sides: Sequence[Side], chosen: Sequence[tuple[int, int]]
    ) -> Any:
        """PAIR_FEATURES of each pair of `chosen`, numbers into `codes` and `sides`; "both roles" is still 0."""
        article = self.article
        s, r = np.array(chosen, dtype=int).reshape(-1, 2).T
        named = [(codes[a], codes[b]) for a, b in chosen]
        shares = [article.shares.get(code) if code else None for code in codes]
        share = np.array([one.named if one else 0.0 for one in shares])
        owner = np.array([one.owner - one.host if one else 0.0 for one in shares])
        titled = np.array([side.dense[IN_HEADLINE] > 0 for side in sides])
        here = np.array([side.nearest is not None for side in sides])
        places = [(n.start, n.end, n.group, n.group_size) if n else NOWHERE for n in (side.nearest for side in sides)]
        start, end, group, size = np.array(places).T
        both = here[s] & here[r]
        one_list = both & (group[s] == group[r])
        gap = start[r] - end[s]
        unowned = (frame.sentence, frame.theme.start) not in self._described
        columns = (
            both & (start[s] < start[r]),
            np.where(both, np.abs(start[s] - start[r]), FAR),
            one_list,
            [article.owned_places[s, r] if s and r else 0 for s, r in named],
            [(frame.sentence, s, r) in self._pairs_beside for s, r in named],
            both,
            titled[s] & titled[r],
            np.full(len(named), len(article.shares) == 2),
            [bool(s and r and s == article.publisher and r == article.advised) for s, r in named],
            [article.owned_places[r, s] if s and r else 0 for s, r in named],
            share[s] - share[r],
            owner[s] - owner[r],
            np.zeros(len(named)),
            both & (gap >= 0) & (gap <= 2),
            one_list & (size[s] == 2) & unowned,
            np.full(len(named), unowned),
        )
        return np.column_stack(columns).astype("float32")


def _around(unit: Sequence[Name], start: int, end: int) -> tuple[float, float]:
    before = [start - n.end for n in unit if n.end <= start]
    behind = [n.start - end for n in unit if n.start >= end]
    return float(min(before, default=FAR)), float(min(behind, default=FAR))
