"""Parts of a page that it dates one by one, such as the posts of a live blog: where each stands in the cleaned text.

Two signs count: JSON-LD that lists the posts of a LiveBlogPosting, and parts of one form side by side, each with a
<time> of its own. The text of a part is found in the cleaned text line by line, without blanks, because cleaning
leaves lines out and joins others.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from legation.pipeline.cleaning.publication_date import elsewhere, is_kind, json_nodes
from legation.pipeline.date_parsing import FIRST_YEAR, parse_date, whole_day

Post = tuple[int, int, str]  # half-open characters of the text, YYYY-MM-DD
Day = Callable[[object], str | None]
Part = tuple[str, str]  # YYYY-MM-DD, the part's text without blanks

LIVE = re.compile(r"^LiveBlogPosting$")
SPOKEN = 40  # characters: a part with fewer says nothing
HEADING = 200  # characters at most of a line that holds nothing but the time and the title of a post
MOST = 5000  # parts of one page
CHANGED = re.compile(r"modif|updat|edited", re.IGNORECASE)
BULLET = re.compile(r"^[-*|]\s+")


def dated_posts(tree: Any, text: str, newest: str, first_year: int = FIRST_YEAR) -> list[Post]:
    """The dated parts in the order of `text`, none beside another of the same day; [] where the page has one date.
    The tree stays as it is. `newest`: YYYY-MM-DD, no part is younger."""

    def day(value: object) -> str | None:
        return whole_day(parse_date(value, newest, first_year).date)

    parts = [part for part in _of_json(tree, day) if part[1]]
    if not parts:
        parts = _of_elements(tree, day) or _of_headings(tree, day)
    return _placed(parts[:MOST], text) if parts else []


def posts_to_json(posts: Sequence[Sequence[Any]] | None) -> str | None:
    """Posts as the table articles keeps them; None: there are none."""
    return json.dumps(list(map(list, posts))) if posts else None


def posts_from_json(text: str | None) -> tuple[Post, ...]:
    """Posts as the table articles keeps them."""
    return tuple((start, end, day) for start, end, day in json.loads(text)) if text else ()


def _of_json(tree: Any, day: Day) -> Iterator[Part]:
    """The posts that JSON-LD lists, with the text of the element that each names as its place on the page."""
    scripts = (script.text or "" for script in tree.iter("script"))
    if not any("liveBlogUpdate" in text for text in scripts):
        return
    named = {name: element for element in tree.iter("*") if (name := element.get("id") or element.get("name"))}
    for node in json_nodes(tree):
        updates = node.get("liveBlogUpdate") if is_kind(node, LIVE) else None
        for update in updates if isinstance(updates, list) else [updates]:
            if not isinstance(update, dict):
                continue
            when = day(update.get("datePublished")) or day(update.get("dateCreated"))
            if when:
                fields = (update.get(name) for name in ("headline", "name", "articleBody", "text", "description"))
                words = [_plain(field) for field in fields if isinstance(field, str)]
                place = update.get("url") or update.get("@id") or update.get("mainEntityOfPage")
                target = named.get(place.partition("#")[2]) if isinstance(place, str) else None
                yield when, _key(" ".join(words) + (_words(target) if target is not None else ""))


def _of_elements(tree: Any, day: Day) -> list[Part]:
    """Children of one element, at least two of one form, each with text and a time. Of such rows the innermost count:
    a blog with a section for each day is dated post by post."""
    times = [time for time in _times(tree) if not elsewhere(time)]
    children: dict[Any, dict[Any, int]] = {}  # parent -> child -> number of the first time in it
    for number, time in enumerate(times):
        child = time
        for parent in time.iterancestors():
            children.setdefault(parent, {}).setdefault(child, number)
            child = parent
    found: dict[int, Part] = {}  # by the number of its time, which is the order on the page
    holding: set[Any] = set()  # elements with a row in them
    for parent in sorted(children, key=lambda parent: -sum(1 for _ in parent.iterancestors())):
        row = [child for child in children[parent] if child not in holding]
        forms = Counter(map(_form, row))
        alike = {
            children[parent][child]: (when, key)
            for child in row
            if forms[_form(child)] > 1
            and len(key := _key(_words(child))) >= SPOKEN
            and (when := day(_told_by(times[children[parent][child]])))
        }
        if len(alike) > 1:
            found |= alike
            holding.update((parent, *parent.iterancestors()))
    return [found[number] for number in sorted(found)]


def _of_headings(tree: Any, day: Day) -> list[Part]:
    """Children of one element of which at least two are headings with a time: what follows each is its part."""
    times = {time: when for time in _times(tree) if not elsewhere(time) and (when := day(_told_by(time)))}
    parents: dict[Any, None] = {}
    for time in times:
        parents.update(dict.fromkeys(list(time.iterancestors())[:3]))
    for parent in parents:
        found: list[list[str]] = []
        for child in parent.iterchildren("*"):
            time = next((time for time in child.iter("*") if time in times), None)
            words = _words(child)
            if time is not None and len(words) <= HEADING:
                found.append([times[time], ""])
            if found:
                found[-1][1] += _key(words)
        if len(found) > 1:
            return [(when, key) for when, key in found if len(key) >= SPOKEN]
    return []


def _times(tree: Any) -> Iterator[Any]:
    """Elements that tell a time of publication."""
    for element in tree.iter("time", "span", "meta", "div", "p", "abbr"):
        if element.tag == "time":
            if not CHANGED.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}"):
                yield element
        elif element.get("itemprop") == "datePublished":
            yield element


def _told_by(time: Any) -> str:
    return time.get("datetime") or time.get("content") or _words(time)


def _form(element: Any) -> tuple[str, str]:
    """The tag and the first class: what posts of one blog share."""
    classes = (element.get("class") or "").split()
    return element.tag, classes[0] if classes else ""


def _words(element: Any) -> str:
    return " ".join(element.itertext())


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


def _key(text: str) -> str:
    return "".join(text.split())


def _placed(parts: list[Part], text: str) -> list[Post]:
    """Where the parts are in the text. A line that several parts hold belongs to the current part, else to the next."""
    posts: list[Post] = []
    at, now, alone = 0, 0, True  # alone: the line before was of no part
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        key = _key(BULLET.sub("", line))
        if not key:
            continue
        found = next((n for n in (*range(now, len(parts)), *range(now)) if key in parts[n][1]), None)
        if found is None:
            alone = True
            continue
        now, end, when = found, start + len(line.rstrip()), parts[found][0]
        if posts and not alone and posts[-1][2] == when:
            posts[-1] = (posts[-1][0], end, when)
        else:
            posts.append((start, end, when))
        alone = False
    return posts
