"""The stages in their order, each counted. Every way in (ingest, extract, scan) asks here."""

from collections import Counter
from dataclasses import dataclass, field

from legation.pipeline.funnel.look import may_show
from legation.pipeline.funnel.signals import may_hold, surely_shows
from legation.pipeline.funnel.terms import holds_anchor


def may_claim(text: str, title: str | None = None) -> bool:
    """Whether a cleaned text may give a claim: it or its headline holds an anchor word. False is certain."""
    return holds_anchor(text.lower()) or (title is not None and holds_anchor(title.lower()))


@dataclass(slots=True)
class Funnel:
    """Lets through what may give a claim; `counts` says how much each stage let through."""

    counts: Counter[str] = field(default_factory=Counter)

    def page(self, body: bytes, content_type: str | None = None) -> bool:
        """Whether a page as it was served (Content-Encoding undone) may give a claim."""
        self.counts["pages"] += 1
        if not may_hold(body, content_type):
            return False
        self.counts["bytes"] += 1
        if not (surely_shows(body) or may_show(body, content_type)):
            return False
        self.counts["look"] += 1
        return True

    def text(self, text: str, title: str | None = None) -> bool:
        """Whether a cleaned text with its headline may give a claim."""
        passed = may_claim(text, title)
        self.counts["cleaned"] += 1
        self.counts["text"] += passed
        return passed
