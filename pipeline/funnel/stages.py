"""The stages in their order, each counted. Every way in (ingest, extract, scan) asks here."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from legation.models.languages import language_name, mission_languages, named_in
from legation.pipeline.funnel.anchor_patterns import holds_anchor
from legation.pipeline.funnel.byte_scan import may_hold, surely_shows
from legation.pipeline.funnel.visible_text import may_show

NOT_READ = "not read: "  # with the two letters of a language: a count of articles in it that name a mission


def may_claim(text: str, title: str | None = None, *, foreign: bool = False) -> bool:
    """Whether a cleaned text may give a claim: it or its headline holds an anchor word. False is certain.

    `foreign`: or it holds a word for missions of another language.
    """
    if holds_anchor(text.lower()) or (title is not None and holds_anchor(title.lower())):
        return True
    return foreign and bool(mission_languages(text))


def language_of(text: str, declared: str | None) -> str | None:
    """The language in which a text names a mission, en or one of models.languages; None if it names none."""
    return named_in(text, declared, may_claim(text))


def not_read(counts: Mapping[str, int]) -> str:
    """The counts of articles in other languages, as "not read: French 12, Russian 3"; "" for none."""
    found = {
        name.removeprefix(NOT_READ): count for name, count in counts.items() if name.startswith(NOT_READ) and count
    }
    named = sorted((-count, language_name(code)) for code, count in found.items())
    return NOT_READ + ", ".join(f"{name} {-count}" for count, name in named) if named else ""


@dataclass(slots=True)
class Funnel:
    """Lets through what may give a claim; `counts` says how much each stage let through. `foreign`: in other languages
    than English too."""

    foreign: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    def page(self, body: bytes, content_type: str | None = None) -> bool:
        """Whether a page as it was served (Content-Encoding undone) may give a claim."""
        self.counts["pages"] += 1
        if not may_hold(body, content_type, foreign=self.foreign):
            return False
        self.counts["bytes"] += 1
        if not (surely_shows(body) or may_show(body, content_type, foreign=self.foreign)):
            return False
        self.counts["look"] += 1
        return True

    def text(self, text: str, title: str | None = None) -> bool:
        """Whether a cleaned text with its headline may give a claim."""
        passed = may_claim(text, title, foreign=self.foreign)
        self.counts["cleaned"] += 1
        self.counts["text"] += passed
        return passed
