"""Whose mission, and where: candidate (sending State, receiving State) pairs of a frame, and what speaks for each.

Every State of the sentence, of the two before it, of the headline and of what the article is about can be either side;
None stands for a group without names and for a place that the text does not tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from legation.models.claim import MODALITIES, STATUSES
from legation.models.lexicon import feature_names, words
from legation.models.reading.article import Article, Mention, Name, acts_there, is_place, owners, places_after
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

CODE_FEATURES = feature_names("code")
DECISIONS = ("claim", *(f"status {s}" for s in STATUSES), *(f"modality {m}" for m in MODALITIES))
FRAME_FEATURES = (*DECISIONS, *(f"theme {theme}" for theme in THEMES), *feature_names("frame"))
PAIR_FEATURES = feature_names("pair")
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

    @cached_property
    def _mission_owners(self) -> list[tuple[int, int, set[str], set[str]]]:
        """(sentence, token, owners, places) of each mission of the text."""
        return [
            (m.sentence, m.start, {n.code for n in owners(self.text, m)}, {n.code for n in places_after(self.text, m)})
            for m in self.text.missions
        ]

    @cached_property
    def _missions_of(self) -> dict[str, list[tuple[int, int]]]:
        """(sentence, token) of the missions of each State."""
        found: dict[str, list[tuple[int, int]]] = {}
        for sentence, start, owner, _ in self._mission_owners:
            for code in owner:
                found.setdefault(code, []).append((sentence, start))
        return found

    @cached_property
    def _missions_in(self) -> dict[str, list[tuple[int, int]]]:
        """The same of the missions that are placed in each State."""
        found: dict[str, list[tuple[int, int]]] = {}
        for sentence, start, _, place in self._mission_owners:
            for code in place:
                found.setdefault(code, []).append((sentence, start))
        return found

    @cached_property
    def _pairs_beside(self) -> set[tuple[int, Code, Code]]:
        """(sentence, owner, place) of the missions that name both."""
        return {(n, s, r) for n, _, owner, place in self._mission_owners for s in owner for r in place}

    @cached_property
    def _described(self) -> set[tuple[int, int]]:
        """(sentence, token) of the missions that name an owner or a place."""
        return {(n, start) for n, start, owner, place in self._mission_owners if owner or place}

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
        self._headline(code, values)
        self._article(frame, code, values)
        values["is a union"] = code in ("EU", "UN")
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
        above = ancestors(text, frame.trigger)
        theme_root = root_of(text, theme.start, theme.end) if theme else None
        best: tuple[float, Name] | None = None
        for name in here:
            heads = [n for n in unit if n.group == name.group and n.place_in_group == 0] or [name]
            for member in {id(n): n for n in (name, heads[0])}.values():
                root = root_of(text, member.start, member.end)
                chain = ancestors(text, root)
                to_event = steps(path(text, root, frame.trigger))
                to_theme = steps(path(text, root, theme_root)) if theme_root is not None else NO_PATH
                values["steps to the event"] = min(values["steps to the event"], to_event)
                values["steps to the theme"] = min(values["steps to the theme"], to_theme)
                for step, token in enumerate(chain[:4]):
                    dep, head = text.deps[token], text.heads[token]
                    if dep.startswith(("nsubj", "csubj")):
                        values["subject of the event"] = max(
                            values.get("subject of the event", 0), head == frame.trigger
                        )
                        values["subject above the event"] = max(
                            values.get("subject above the event", 0), head in above[1:]
                        )
                        values["subject of a verb of saying"] = max(
                            values.get("subject of a verb of saying", 0), text.lower[head] in SAYING
                        )
                    if dep == "dobj" and head == frame.trigger:
                        values["object of the event"] = 1
                    if dep == "agent" and head in above[:2]:
                        values["agent of the event"] = 1
                    if dep == "prep" and head in (frame.trigger, theme_root):
                        values["object of a preposition below event or theme"] = 1
                    if head == theme_root and step < 2 and dep in ("poss", "amod", "compound", "nmod"):
                        values["modifies the theme"] = 1
                distance = to_theme + to_event + abs(member.start - frame.trigger) / FAR
                if best is None or distance < best[0]:
                    best = distance, name
            values["named as a place"] = max(values.get("named as a place", 0), is_place(text, name))
            values["after a colon"] = max(values.get("after a colon", 0), text.before(name.start) == ":")
            values["size of its list"] = max(values.get("size of its list", 0), name.group_size)
        first = here[0]
        values["place in its list"] = first.place_in_group
        values["order in the sentence"] = len(
            {n.code for n in self.article.by_sentence[frame.sentence] if n.start < first.start}
        )
        return best[1] if best else None

    def _earlier(self, frame: Frame, code: str, values: dict[str, float]) -> None:
        sentences = self.article.by_sentence
        for back, name in ((1, "in the sentence before"), (2, "two sentences before")):
            values[name] = sum(n.code == code for n in sentences.get(frame.sentence - back, ()))
        values["subject in the sentence before"] = any(
            n.code == code and acts_there(self.text, n) for n in sentences.get(frame.sentence - 1, ())
        )
        values["sentences since it was named"] = next(
            (
                back
                for back in range(int(LOST))
                if any(n.code == code for n in sentences.get(frame.sentence - back, ()))
            ),
            LOST,
        )
        before = [(n, start) for n, start in self._missions_of.get(code, ()) if n <= frame.sentence]
        placed = [(n, start) for n, start in self._missions_in.get(code, ()) if n <= frame.sentence]
        values["sentences since it owned a mission"] = min((frame.sentence - n for n, _ in before), default=LOST)
        values["sentences since a mission was placed in it"] = min(
            (frame.sentence - n for n, _ in placed), default=LOST
        )
        theme = frame.theme.start if frame.carried != TITLE else -1
        owns, stands = (any(n == frame.sentence for n, _ in each) for each in (before, placed))
        own_theme, place_theme = (any(start == theme for _, start in each) for each in (before, placed))
        values["owns a mission of the sentence"], values["place of a mission of the sentence"] = owns, stands
        values["owns the theme"], values["place of the theme"] = own_theme, place_theme

    def _headline(self, code: str, values: dict[str, float]) -> None:
        title = self.article.title
        if title is None:
            return
        named = [n for n in title.names if n.code == code]
        values["mentions in the headline"] = len(named)
        values["order in the headline"] = (
            len({n.code for n in title.names if named and n.start < named[0].start}) if named else 9
        )
        values["place in the headline"] = any(is_place(title, n) for n in named)
        values["acts in the headline"] = any(n.start == 0 for n in named)
        values["owner in the headline"] = any(code == n.code for m in title.missions for n in owners(title, m))
        values["host in the headline"] = any(code == n.code for m in title.missions for n in places_after(title, m))

    def _article(self, frame: Frame, code: str, values: dict[str, float]) -> None:
        share = self.article.shares.get(code)
        if share is not None:
            values |= {
                "share of names": share.named,
                "share of subjects": share.acts,
                "share of places": share.place,
                "owner of missions": share.owner,
                "host of missions": share.host,
                "cities named": share.city,
                "first named": share.first,
                "rank": share.rank,
            }
        else:
            values["rank"] = 99
        values["publisher"] = code == self.article.publisher
        values["advised"] = code == self.article.advised

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

    def pair_values(self, frame: Frame, s: Code, r: Code, sender: Side, receiver: Side) -> list[float]:
        """PAIR_FEATURES of one pair."""
        article = self.article
        one, two = sender.nearest, receiver.nearest
        unowned = (frame.sentence, frame.theme.start) not in self._described
        both = one is not None and two is not None
        shares = article.shares
        owner = shares[s].owner - shares[s].host if s in shares else 0
        host = shares[r].host - shares[r].owner if r in shares else 0
        at = CODE_FEATURES.index
        return [
            float(both and one.start < two.start),  # type: ignore[union-attr]
            float(abs(one.start - two.start)) if both else FAR,  # type: ignore[union-attr]
            float(both and one.group == two.group),  # type: ignore[union-attr]
            float(article.owned_places.get((s, r), 0) if s and r else 0),
            float((frame.sentence, s, r) in self._pairs_beside),
            float(both),
            float(
                bool(sender.dense[at("mentions in the headline")] and receiver.dense[at("mentions in the headline")])
            ),
            float(len(shares) == 2),
            float(bool(s and r and s == article.publisher and r == article.advised)),
            float(article.owned_places.get((r, s), 0) if s and r else 0),
            (shares[s].named if s in shares else 0.0) - (shares[r].named if r in shares else 0.0),
            float(owner + host),
            sender.dense[at("role score as sender")] + receiver.dense[at("role score as receiver")],
            float(both and 0 <= two.start - one.end <= 2),  # type: ignore[union-attr]
            float(both and one.group == two.group and one.group_size == 2 and unowned),  # type: ignore[union-attr]
            float(unowned),
        ]


def _around(unit: Sequence[Name], start: int, end: int) -> tuple[float, float]:
    before = [start - n.end for n in unit if n.end <= start]
    behind = [n.start - end for n in unit if n.start >= end]
    return float(min(before, default=FAR)), float(min(behind, default=FAR))
