"""Who looks at which claim right now, so that two reviewers do not work on one; kept in memory only."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

SECONDS = 40.0  # the desk says every 15 seconds what it shows; two lost words are forgiven


@dataclass(slots=True)
class Presence:
    """`clock` gives seconds that only grow."""

    clock: Callable[[], float]
    _seen: dict[int, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def look(self, claim: int, name: str) -> list[str]:
        """Note that `name` looks at `claim` and at no other; return the others who do."""
        for people in self._seen.values():
            people.pop(name, None)
        self._forget()
        others = sorted(self._seen[claim])
        self._seen[claim][name] = self.clock()
        return others

    def others(self, name: str) -> set[int]:
        """Claims that somebody else looks at."""
        self._forget()
        return {claim for claim, people in self._seen.items() if people.keys() - {name}}

    def _forget(self) -> None:
        now = self.clock()
        for claim, people in list(self._seen.items()):
            alive = {name: at for name, at in people.items() if now - at < SECONDS}
            if alive:
                self._seen[claim] = alive
            else:
                del self._seen[claim]
