"""What an event happens to: its theme, a mission mention, read from the parse; where that fails, from words beside."""

from collections.abc import Iterator

from spacy.tokens import Span, Token

from legation.models.lexicon import EventRow, words
from legation.models.reading.joined import antecedent, is_singular, joined, object_before, relative_object
from legation.models.reading.near import near_themes
from legation.models.reading.syntax import (
    COPULAS,
    Reading,
    after_states,
    below_preposition,
    child,
    expand,
    is_noun,
    is_passive,
    is_verb,
    subject,
    trigger_of,
)

IDIOM_REACH = 24  # tokens between an idiom and the mission it is about
NOMINAL_PREPOSITIONS = words("theme_prepositions")
PLACES = words("places")
STAND_INS = words("stand_ins")
PEOPLE = words("people")
PARTS = words("parts")
ABOUT = {"about", "on", "over", "for"}
TWOFOLD = words("twofold")


def _is_state(trigger: Token) -> bool:
    """ "remains open" against "will open"; "is closed", a passive, is read as the verb."""
    if trigger.tag_.startswith(("JJ", "RB")) or trigger.dep_ in ("acomp", "oprd", "attr"):
        return not after_states(trigger)
    if any(c.dep_ == "auxpass" for c in trigger.children):
        return False
    return trigger.dep_ in ("ccomp", "xcomp", "advcl") and trigger.tag_ == "VBN" and trigger.head.lower_ in COPULAS


def other_sense(event: Span, row: EventRow) -> bool:
    """Whether the word is meant as the other of its two rows: "closed" as what was done, or as how it is."""
    trigger = trigger_of(event)
    return len(event) == 1 and trigger.lower_ in TWOFOLD and row.state != _is_state(trigger)


def _stand_in(noun: Token, theme: str) -> Span:
    return Span(noun.doc, noun.i, noun.i + 1, label="mission", kb_id=theme, span_id="stand-in")


class Roles:
    """Reads the roles of a sentence's events; `mentions` maps every token of a mission mention to it."""

    def __init__(self, mentions: dict[int, Span]) -> None:
        self.mentions = mentions

    def theme_at(self, noun: Token) -> Span | None:
        """The mission mention whose word this is; of "Embassy Kabul" the city may be the head."""
        if (found := self.mentions.get(noun.i)) is not None:
            return found
        if (found := self.mentions.get(noun.i + 1)) is not None and found.id_ == "stand-in":
            return found  # "Britain's", as the subject
        if noun.ent_type_ == "CITY":
            return next(
                (
                    m
                    for c in noun.children
                    if c.dep_ in ("compound", "nmod") and (m := self.mentions.get(c.i)) is not None
                ),
                None,
            )
        if noun.ent_type_ in ("CITY", "STATE") and noun.dep_ == "pobj" and noun.head.lower_ == "in":
            return self.mentions.get(noun.head.head.i)  # "its embassy in Libya, which has closed"
        if (
            noun.lower_ in ("its", "their")
            and noun.dep_ == "poss"
            and is_noun(noun.head)
            and self._mission_before(noun)
        ):
            return _stand_in(noun, "mission")
        if noun.lower_ in PARTS and (owner := child(noun, "poss")) is not None and owner.i in self.mentions:
            return self.mentions[owner.i]  # "the embassy's premises"
        if noun.lower_ == "those" and noun.i + 1 < noun.sent.end and noun.nbor(1).lower_ in ("in", "at"):
            return _stand_in(noun, "mission")  # "Those in Lomé and Cotonou will close"
        if (
            noun.lower_ in STAND_INS
            and (noun.dep_ in ("nsubj", "nsubjpass", "dobj") or noun.lower_ in ("one", "ones"))
            and not any(c.dep_ in ("poss", "amod", "compound") and c.lower_ != "new" for c in noun.children)
        ):
            theme = "staff" if noun.lower_ in ("staffing", "all", "team") else "mission"
            return _stand_in(noun, theme)
        return None

    def _mission_before(self, noun: Token) -> bool:
        """ "The embassy was hit, leading to its evacuation": no State stands between the mission and the pronoun."""
        for i in range(noun.i - 1, noun.sent.start - 1, -1):
            if (mention := self.mentions.get(i)) is not None and mention.kb_id_ == "mission":
                return True
            if noun.doc[i].ent_type_ == "STATE" and noun.doc[i].dep_ in ("nsubj", "nsubjpass"):
                return False
        return False

    def readings(self, event: Span, row: EventRow) -> Iterator[Reading]:
        """Every theme that the event has, with the status it gives. Empty: the event is about something else."""
        trigger = trigger_of(event)
        found = False
        if other_sense(event, row):
            return
        ways = (
            self._themes_of_place(trigger, row),
            self._themes(event, trigger, row),
            near_themes(event, row, self.theme_at),
            self._bare(event, row),
        )
        for themes in ways:
            for theme, statuses, voice in themes:
                status = statuses.get(theme.kb_id_)
                if status and not (theme.start <= trigger.i < theme.end):
                    found = True
                    yield Reading(event, row, trigger, theme, status, voice)
            if found:
                return

    def _bare(self, event: Span, row: EventRow) -> Iterator[tuple[Span, dict[str, str], str]]:
        """An idiom says it all; the theme is the nearest mission in its sentence."""
        if row.bare is None:
            return
        near = [
            m
            for m in event.doc.spans["missions"]
            if m.sent.start == event.sent.start
            and abs(m.start - event.start) < IDIOM_REACH
            and (m.kb_id_ == "mission" or (m.kb_id_ == "staff" and m.root.dep_ == "nsubj" and m.end <= event.start))
        ]
        if near:
            yield (
                min(near, key=lambda m: (abs(m.start - event.start), m.start)),
                {"mission": row.bare, "staff": row.bare},
                "idiom",
            )
        elif event.sent[0].lower_ in ("it", "they", "we"):
            yield _stand_in(event.sent[0], "mission"), {"mission": row.bare}, "idiom"

    def _themes_of_place(self, trigger: Token, row: EventRow) -> Iterator[tuple[Span, dict[str, str], str]]:
        """ "diplomats left the city": the object is a place, so the subject is what the event happens to."""
        target = child(trigger, "dobj")
        if not is_verb(trigger):
            return
        if target is None:
            yield from self._left(trigger, row)
            return
        if row.id == "withdraw" and target.lower_ in PEOPLE:
            for noun in (*below_preposition(trigger, "from"), *below_preposition(target, "from")):
                if (theme := self.theme_at(noun)) is not None and theme.kb_id_ == "mission":
                    yield theme, {"mission": "reduced"}, "from"  # "removed 15 people from its embassy"
        for noun in (n for below in below_preposition(target, "of") for n in expand(below) if target.ent_type_):
            if (theme := self.theme_at(noun)) is not None:
                yield theme, dict(row.object), "active"  # "evacuated Libya of its diplomats"
        mission = self.mentions.get(target.i)
        if row.subject and (target.ent_type_ in ("CITY", "STATE") or target.lower_ in PLACES or mission is not None):
            yield from self._leavers(trigger, row, mission)

    def _leavers(
        self, trigger: Token, row: EventRow, mission: Span | None
    ) -> Iterator[tuple[Span, dict[str, str], str]]:
        """Who leaves a place; a State that leaves its `mission` closes it: "told Iran to leave its embassy"."""
        above = subject(trigger) or self._subject_above(trigger)
        if above is None:
            return
        for noun in expand(above):
            theme = self.theme_at(noun)
            if theme is not None and theme.id_ != "stand-in":
                yield theme, dict(row.subject), "intransitive"
        aside = trigger.tag_ == "VBG" and trigger.dep_ == "advcl"  # "leaving only the consulate at work"
        if row.id == "leave" and above.ent_type_ == "STATE" and mission is not None and not aside:
            yield mission, {"mission": "closed"}, "active"

    def _left(self, trigger: Token, row: EventRow) -> Iterator[tuple[Span, dict[str, str], str]]:
        """ "withdraw from its mission": what is left is emptied."""
        for noun in below_preposition(trigger, "from", "of"):
            if row.object.get("mission") == "evacuated" and (theme := self.theme_at(noun)) is not None:
                yield theme, dict(row.object), "from"

    def _themes(self, event: Span, trigger: Token, row: EventRow) -> Iterator[tuple[Span, dict[str, str], str]]:
        if row.state:
            nouns, statuses, voice = self._state(trigger, row), {**row.object, **row.subject}, "state"
        elif is_noun(trigger) or (trigger.tag_ == "VBG" and self._nominal_gerund(trigger)):
            nouns, statuses, voice = self._nominal(trigger, row), {**row.subject, **row.object}, "noun"
        elif is_passive(trigger):
            nouns, statuses, voice = self._passive(trigger), dict(row.object), "passive"
        else:
            nouns, statuses, voice = self._active(event, trigger, row)
        verb = trigger if is_verb(trigger) and not row.state else trigger.head
        one = list(antecedent(verb, self.mentions)) if is_singular(verb) else []
        nouns = one or nouns  # "A, and a consulate in B, which is open"
        themes = {theme.start: theme for noun in nouns if (theme := self.theme_at(noun)) is not None}
        for theme in list(themes.values()):
            for other in joined(theme, self.mentions):
                themes.setdefault(other.start, other)
        for theme in themes.values():
            yield theme, dict(statuses), voice

    def _state(self, trigger: Token, row: EventRow) -> list[Token]:
        """ "remains closed", "kept its embassy open", "with its embassy shut", "the closed embassy"."""
        own = subject(trigger)
        if own is not None:
            return list(expand(own))
        if trigger.dep_ in ("amod", "acl") and trigger.lower_ != "open":
            return [trigger.head]
        verb = trigger.head
        if verb.lower_ not in COPULAS:
            return []
        target = child(verb, "dobj") or subject(verb) or self._subject_above(verb)
        return list(expand(target)) if target is not None else []

    def _nominal_gerund(self, trigger: Token) -> bool:
        """ "the reopening of the embassy": a gerund with a determiner or an "of"."""
        return any(
            c.dep_ in ("det", "poss", "amod") or (c.dep_ == "prep" and c.lower_ == "of") for c in trigger.children
        )

    def _nominal(self, trigger: Token, row: EventRow) -> list[Token]:
        nouns: list[Token] = []
        prepositions = NOMINAL_PREPOSITIONS if row.needs != "new" else ABOUT
        of = [c for c in trigger.children if c.dep_ == "prep" and c.lower_ == "of"]
        for c in of or trigger.children:
            if c.dep_ == "prep" and c.lower_ in prepositions:
                nouns += [n for target in c.children if target.dep_ in ("pobj", "pcomp") for n in expand(target)]
            elif c.dep_ in ("poss", "compound", "nmod", "nsubj"):
                nouns += expand(c)
        if (
            not nouns
            and trigger.dep_ == "dobj"
            and (acting := subject(trigger.head)) is not None
            and acting.i in self.mentions
        ):
            nouns.append(acting)  # "the embassy weighs evacuation"
        above = trigger.head.head
        if not nouns and trigger.dep_ == "pobj" and trigger.head.lower_ == "for" and above.dep_ == "acl":
            nouns.append(above.head)  # "the embassies proposed for closure"
        return nouns

    def _passive(self, trigger: Token) -> list[Token]:
        if trigger.dep_ in ("acl", "amod", "relcl") and child(trigger, "nsubjpass") is None:
            return list(expand(trigger.head))
        remains = child(trigger, "auxpass")  # "votes and burns: the embassy stays shut" may hang the embassy on "stays"
        own = child(remains, "nsubj", "nsubjpass") if remains is not None else None
        target = own or subject(trigger) or self._subject_above(trigger)
        others = [c for c in trigger.children if c.dep_ in ("nsubjpass", "nsubj") and c != target]
        return [*(expand(target) if target is not None else ()), *others, *antecedent(trigger, self.mentions)]

    def _active(self, event: Span, trigger: Token, row: EventRow) -> tuple[list[Token], dict[str, str], str]:
        target = child(trigger, "dobj")
        if target is not None and target.lower_ == "that" and target.tag_ == "IN":
            target = None  # a complementizer that the parser took for the object
        if target is not None and event.start <= target.i < event.end:
            target = None  # "began work": the object is part of the phrase
        if target is not None:
            if target.lower_ in ("which", "that") and trigger.dep_ == "relcl":
                target = trigger.head
            return list(expand(target)), dict(row.object), "active"
        if (
            trigger.dep_ in ("relcl", "acl")
            and subject(trigger) is not None
            and trigger.head.i in self.mentions
            and subject(trigger) != trigger.head
            and not any(c.lower_ in ("where", "when", "whose") for c in trigger.children)
        ):
            return [trigger.head], dict(row.object), "active"
        if row.needs == "new" and target is None:
            return [n for noun in below_preposition(trigger, "for") for n in expand(noun)], dict(row.object), "active"
        if (promised := relative_object(trigger, self.mentions)) is not None:
            return [promised], dict(row.object), "active"
        target = subject(trigger) or self._subject_above(trigger)
        if target is None:
            return [], {}, "active"
        return [*expand(target), *antecedent(trigger, self.mentions)], dict(row.subject), "intransitive"

    def _subject_above(self, verb: Token) -> Token | None:
        """The subject that an infinitive, a participle or a second verb shares with the verb above it."""
        for _ in range(4):
            if verb.dep_ in ("acl", "relcl") and verb.head.dep_ == "attr":
                return subject(verb.head.head)  # "the embassy is the latest to shut"
            if verb.dep_ == "acl" or (verb.dep_ == "relcl" and verb.tag_ == "VB"):
                return verb.head
            if (verb.dep_ == "xcomp" or (verb.dep_ == "advcl" and verb.tag_ == "VB")) and (
                target := object_before(verb)
            ) is not None:
                return target
            if verb.dep_ not in ("xcomp", "conj", "advcl", "relcl", "ccomp", "pcomp", "prep"):
                return None
            verb = verb.head
            if (found := subject(verb)) is not None:
                return found
        return None
