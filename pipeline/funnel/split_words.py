"""Words that tags cut, in however many pieces: the scan finds a beginning with a tag behind it, and from there the rest
is compared, tags passed over."""

import re
from functools import cache

from legation.pipeline.funnel.anchor_patterns import APART, LETTERS, terms

TAG = "<[^<>]*>"
LEFT = r"(?:^|[^ac-eg-mo-qsu-zAC-EG-MO-QSU-Z0-9\\])"  # no letter, or that of an escape in JSON: \n, \t ...
SHORT = 3  # letters; a shorter beginning stands on every page, so the scan looks for the next letter too


@cache
def beginnings() -> tuple[tuple[str, re.Pattern[bytes]], ...]:
    """For each beginning of a term's words: the pattern of it with a tag behind it, and what must follow from the last
    byte of that on, tags passed over: the rest of a term that holds a word with that beginning."""
    rests: dict[str, set[str]] = {}
    for words in terms():
        for run in LETTERS.finditer(words):
            for cut in range(run.start() + 1, run.end()):
                rests.setdefault(words[run.start() : cut], set()).add(words[cut:])
    return tuple((_pattern(begun, rest), _any_of(rest)) for begun, rest in sorted(rests.items()))


def _pattern(begun: str, rests: set[str]) -> str:
    if len(begun) >= SHORT:
        return f"{LEFT}{begun}<"
    return f"{LEFT}{begun}(?:{TAG})+[{''.join(sorted({rest[0] for rest in rests}))}]"


def _any_of(rests: set[str]) -> re.Pattern[bytes]:
    return re.compile(f"(?:{TAG})*(?:{'|'.join(map(_spelled, sorted(rests)))})".encode("latin-1"), re.IGNORECASE)


def _spelled(rest: str) -> str:
    """With tags between the letters, and anything between the words; up to what is not ASCII, which has many forms."""
    plain = re.split(r"[\x80-\U0010ffff]", rest)[0]
    return APART.join(f"(?:{TAG})*".join(run) for run in re.findall("[a-z]+", plain))
