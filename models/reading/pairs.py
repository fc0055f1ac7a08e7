"""Whose mission, and where: candidate (sending State, receiving State) pairs of a frame, and what speaks for each.

Every State of the sentence, of the two before it, of the headline and of what the article is about can be either side;
None stands for a group without names and for a place that the text does not tell.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np

from legation.models.claim import MODALITIES, STATUSES
from legation.models.lexicon import feature_names, words
from legation.models.reading.article import Article, Event, Mention, Name, acts_there, is_place
from legation.models.reading.frames import SAYING, TITLE, Frame
from legation.models.reading.syntax import NO_PATH, ancestors, path, root_of, short_path, steps

Code = str | None
FAR = 50.0  # tokens: not in the sentence
LOST = 9.0  # sentences: not named before
COMMON = 4  # States that an article names most are candidates everywhere
POOL = 32  # States that are candidates of one frame; the nearest come first
PAIRS = 400  # of one frame; beyond, pairs within one list are left out first

CODE_FEATURES = feature_names("code")
DECISIONS = ("claim", *(f"status {s}" for s in STATUSES), *(f"modality {m}" for m in MODALITIES))
FRAME_FEATURES = feature_names("frame")
PAIR_FEATURES = feature_names("pair")
NOWHERE = (-1, -1, -1, 0)  # tokens, list and its size of a State that the sentence does not name
NAMES = (
    *(f"frame: {n}" for n in (*DECISIONS, *FRAME_FEATURES)),
    *(f"sender: {n}" for n in CODE_FEATURES),
    *(f"receiver: {n}" for n in CODE_FEATURES),
    *(f"pair: {n}" for n in PAIR_FEATURES),
)


def pool(article: Article, frame: Frame) -> list[Code]:
    """The candidate States of a frame, the nearest first; None last."""
    near: list[Name] = []
    for back in range(3):
        names = article.text.names_in(frame.sentence - back)
        if len(names) > POOL:
            names = sorted(names, key=lambda name: (abs(name.start - frame.trigger), name.start))
        near += names
    titled = article.title.names if article.title is not None else ()
    often = [
        code
        for code, share in article.shares.items()
        if share["rank"] < COMMON or share["owner of missions"] >= 2 or share["host of missions"] >= 2
    ]
    codes = [*(name.code for name in (*near, *titled)), *often, article.publisher, article.advised]
    return [*list(filter(None, dict.fromkeys(codes)))[:POOL], None]


def pairs(article: Article, frame: Frame, codes: Sequence[Code]) -> list[tuple[int, int]]:
    """All ordered pairs of different candidates, as numbers into `codes`."""
    found = list(permutations(range(len(codes)), 2))
    if len(found) > PAIRS:
        names = article.text.names_in(frame.sentence)
        lists: dict[Code, int] = {n.code: n.group for n in names if n.group_size > 2}
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
    def _missions(self) -> dict[str, tuple[list[Mention], list[Mention]]]:
        """The missions of the text that a State owns, and those that are placed in it."""
        found: dict[str, tuple[list[Mention], list[Mention]]] = defaultdict(lambda: ([], []))
        for mention, owners, places in self.text.whose:
            for code in set(owners):
                found[code][0].append(mention)
            for code in places:
                found[code][1].append(mention)
        return found

    def side(self, frame: Frame, code: Code) -> Side:
        """One candidate as either side of a frame."""
        if code is None:
            dense = [0.0] * len(CODE_FEATURES)
            dense[-1] = 1.0
            return Side(dense, ["none", *(f"none.row={row}" for row in frame.event.rows)], None)
        here = [n for n in self.text.names_in(frame.sentence) if n.code == code]
        theme = frame.theme if not frame.carried else None
        if code not in self._known:
            self._known[code] = self._everywhere(code)
        relations, nearest = self._relations(frame, theme, here)
        values = self._known[code] | self._place(frame, theme, here) | relations | self._earlier(frame, code)
        dense = [float(values.get(name, 0.0)) for name in CODE_FEATURES]
        return Side(dense, self._sparse(frame, theme, nearest, values), nearest)

    def _place(self, frame: Frame, theme: Mention | None, here: list[Name]) -> dict[str, float]:
        """How the sentence names a State, and how far from the theme and the event the names of its list stand."""
        labels = {n.label for n in here}
        listed = [n for group in {n.group for n in here} for n in self.text.lists[group]]
        before_theme, behind_theme = _around(listed, theme) if theme is not None else (FAR, FAR)
        before_event, behind_event = _around(listed, frame.event)
        earlier = {n.code for n in self.text.names_in(frame.sentence) if here and n.start < here[0].start}
        return {
            "mentions in the sentence": len(here),
            "named as a State": "STATE" in labels,
            "as a people": "DEMONYM" in labels,
            "as a government": "GOVERNMENT" in labels,
            "as a city": "CITY" in labels,
            "tokens before the theme": before_theme,
            "tokens behind the theme": behind_theme,
            "tokens before the event": before_event,
            "tokens behind the event": behind_event,
            "named as a place": any(is_place(self.text, name) for name in here),
            "size of its list": max((name.group_size for name in here), default=0),
            "place in its list": here[0].place_in_group if here else 0,
            "order in the sentence": len(earlier),
        }

    def _relations(self, frame: Frame, theme: Mention | None, here: list[Name]) -> tuple[dict[str, float], Name | None]:
        """What the parse says of the names of a State, for which the first ones of their lists stand too; and which of
        the names is nearest to theme and event."""
        text = self.text
        theme_root = root_of(text, theme.start, theme.end) if theme is not None else None
        values: dict[str, float] = {"steps to the theme": NO_PATH, "steps to the event": NO_PATH}
        distances: dict[Name, float] = {}
        for name in here:
            for one in (name, text.lists[name.group][0]):
                root = root_of(text, one.start, one.end)
                to_event = steps(path(text, root, frame.trigger))
                to_theme = steps(path(text, root, theme_root)) if theme_root is not None else NO_PATH
                values["steps to the event"] = min(values["steps to the event"], to_event)
                values["steps to the theme"] = min(values["steps to the theme"], to_theme)
                values |= dict.fromkeys(self._hangs(root, frame.trigger, theme_root), 1.0)
                distance = to_theme + to_event + abs(one.start - frame.trigger) / FAR
                distances[name] = min(distance, distances.get(name, distance))
        return values, min(here, key=distances.__getitem__, default=None)

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
            if dep == "prep" and head in (trigger, theme):
                yield "object of a preposition below event or theme"
            if head == theme and step < 2 and dep in ("poss", "amod", "compound", "nmod"):
                yield "modifies the theme"

    def _earlier(self, frame: Frame, code: str) -> dict[str, float]:
        """Where the text names a State and its missions, up to the sentence of the event."""
        sentence = frame.sentence
        named = [self._counts[sentence - back, code] for back in range(int(LOST))]
        before = (n for n in self.text.names_in(sentence - 1) if n.code == code)
        owned, placed = ([m for m in some if m.sentence <= sentence] for some in self._missions.get(code, ((), ())))
        theme = frame.theme.start if frame.carried != TITLE else -1
        return {
            "in the sentence before": named[1],
            "two sentences before": named[2],
            "sentences since it was named": next((back for back, count in enumerate(named) if count), LOST),
            "subject in the sentence before": any(acts_there(self.text, n) for n in before),
            "sentences since it owned a mission": min((sentence - m.sentence for m in owned), default=LOST),
            "sentences since a mission was placed in it": min((sentence - m.sentence for m in placed), default=LOST),
            "owns a mission of the sentence": any(m.sentence == sentence for m in owned),
            "place of a mission of the sentence": any(m.sentence == sentence for m in placed),
            "owns the theme": any(m.start == theme for m in owned),
            "place of the theme": any(m.start == theme for m in placed),
        }

    def _everywhere(self, code: str) -> dict[str, float]:
        """What the article and its headline say of a State."""
        values: dict[str, float] = {
            **self.article.shares.get(code, {"rank": 99}),
            "publisher": code == self.article.publisher,
            "is a union": code in ("EU", "UN"),
        }
        title = self.article.title
        if title is not None:
            named = [n for n in title.names if n.code == code]
            values |= {
                "mentions in the headline": len(named),
                "order in the headline": len({n.code for n in title.names if n.start < named[0].start}) if named else 9,
                "place in the headline": any(is_place(title, n) for n in named),
                "acts in the headline": any(n.start == 0 for n in named),
                "owner in the headline": any(code in owners for _, owners, _ in title.whose),
                "host in the headline": any(code in places for _, _, places in title.whose),
            }
        return values

    def _sparse(self, frame: Frame, theme: Mention | None, name: Name | None, values: dict[str, float]) -> list[str]:
        rows = "+".join(frame.event.rows)
        found = [
            f"since={int(values['sentences since it was named'])}",
            f"title={int(min(values.get('mentions in the headline', 0), 2))}",
        ]
        if name is None:
            return [*found, "away"]
        text = self.text
        name = text.lists[name.group][0]  # the members of a list share the role of its first one
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
            before = reversed(text.lower[max(theme.start - 4, first) : theme.start])
            owner = next((word for word in before if word in words("pronouns")), "")
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
        """FRAME_FEATURES."""
        text, theme = self.text, frame.theme
        first, end = text.bounds(frame.sentence)
        before = text.lower[max(theme.start - 4, 0) : theme.start] if frame.carried != TITLE else ()
        sentence = text.lower[first:end]
        joined = " ".join(sentence)
        values = {
            "theme mission": theme.theme == "mission",
            "theme staff": theme.theme == "staff",
            "plural": theme.plural,
            "pronoun": not words("pronouns").isdisjoint(before),
            "first person": not words("first_person").isdisjoint(sentence),
            "reciprocal": any(phrase in joined for phrase in words("reciprocal")),
            "unnamed group": not words("others").isdisjoint(sentence),
            "both": not words("both").isdisjoint(sentence),
            "candidates": candidates,
            "States in the sentence": len({n.code for n in text.names_in(frame.sentence)}),
            "States in the article": len(self.article.shares),
            "sentences": len(text.starts),
            "headline": self.article.title is not None,
        }
        return [values[name] for name in FRAME_FEATURES]

    def pair_rows(
        self, frame: Frame, codes: Sequence[Code], sides: Sequence[Side], chosen: Sequence[tuple[int, int]]
    ) -> Any:
        """PAIR_FEATURES of each pair of `chosen`, numbers into `codes` and `sides`; "both roles" is still 0."""
        article = self.article
        s, r = np.array(chosen, dtype=int).reshape(-1, 2).T
        named = [(codes[a], codes[b]) for a, b in chosen]
        known = dict(zip(CODE_FEATURES, np.array([side.dense for side in sides]).T, strict=True))
        share = known["share of names"]
        owner = known["owner of missions"] - known["host of missions"]
        titled = known["mentions in the headline"] > 0
        here = np.array([side.nearest is not None for side in sides])
        places = [(n.start, n.end, n.group, n.group_size) if n else NOWHERE for n in (side.nearest for side in sides)]
        start, end, group, size = np.array(places).T
        both = here[s] & here[r]
        one_list = both & (group[s] == group[r])
        gap = start[r] - end[s]
        whose = [(m.start, owners, places) for m, owners, places in self.text.whose if m.sentence == frame.sentence]
        beside = {(owner, place) for _, owners, places in whose for owner in owners for place in places}
        unowned = not any(start == frame.theme.start and (owners or places) for start, owners, places in whose)
        columns = (
            both & (start[s] < start[r]),
            np.where(both, np.abs(start[s] - start[r]), FAR),
            one_list,
            [article.owned_places[s, r] if s and r else 0 for s, r in named],
            [pair in beside for pair in named],
            both,
            titled[s] & titled[r],
            np.full(len(named), len(article.shares) == 2),
            [article.owned_places[r, s] if s and r else 0 for s, r in named],
            share[s] - share[r],
            owner[s] - owner[r],
            np.zeros(len(named)),
            both & (gap >= 0) & (gap <= 2),
            one_list & (size[s] == 2) & unowned,
            np.full(len(named), unowned),
        )
        return np.column_stack(columns).astype("float32")


def _around(names: Sequence[Name], place: Mention | Event) -> tuple[float, float]:
    """Tokens from the nearest name before a place, and to the nearest behind it; FAR for none."""
    before = [place.start - n.end for n in names if n.end <= place.start]
    behind = [n.start - place.end for n in names if n.start >= place.end]
    return float(min(before, default=FAR)), float(min(behind, default=FAR))
