"""Small questions to the parse of an article. Dependency labels are those of spaCy's English pipelines (ClearNLP)."""

from collections import defaultdict

from legation.models.reading.article import Path, Words

DEEPEST = 12  # steps to the root that are followed; deeper trees are parser errors
NO_PATH = 9


def root_of(text: Words, start: int, end: int) -> int:
    """The token of [start, end) that the others hang on."""
    for i in range(start, end):
        if not start <= text.heads[i] < end or text.heads[i] == i:
            return i
    return end - 1


def ancestors(text: Words, i: int) -> list[int]:
    """Token i and what it hangs on, from near to far."""
    found = [i]
    while len(found) <= DEEPEST and text.heads[found[-1]] != found[-1]:
        found.append(text.heads[found[-1]])
    return found


def path(text: Words, start: int, end: int) -> Path | None:
    """Labels up from `start` to the common ancestor, and down from it to `end`; None where the parse joins them not."""
    if (start, end) not in text.paths:
        text.paths[start, end] = _path(text, start, end)
    return text.paths[start, end]


def _path(text: Words, start: int, end: int) -> Path | None:
    up, down = ancestors(text, start), ancestors(text, end)
    meeting = next((token for token in up if token in down), None)
    if meeting is None:
        return None
    below = down[: down.index(meeting)]
    return tuple(text.deps[t] for t in up[: up.index(meeting)]), tuple(text.deps[t] for t in reversed(below))


def steps(way: Path | None) -> int:
    """Length of a path; NO_PATH for none and for longer ones."""
    return NO_PATH if way is None else min(len(way[0]) + len(way[1]), NO_PATH)


class Children(defaultdict[int, list[int]]):
    """The children of every token of one sentence, looked up once."""

    def __init__(self, text: Words, sentence: int) -> None:
        super().__init__(list)
        for child in range(*text.bounds(sentence)):
            if text.heads[child] != child:
                self[text.heads[child]].append(child)


def short_path(way: Path | None, longest: int = 5) -> str:
    """A path in letters, "pobj<prep>"; "far" for none and for long ones."""
    if way is None or steps(way) > longest:
        return "far"
    return ">".join(("<".join(way[0]), "/".join(way[1])))
