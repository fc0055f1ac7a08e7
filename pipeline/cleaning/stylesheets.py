"""What the <style> elements of a page hide: by tag, class, id, and where these stand in each other.

Not a whole CSS: only `display` and `visibility` are read, and only selectors of tags, classes and ids with blanks and >
between them. Of a selector that says more, such as `.x:hover`, what it shows is taken as shown, and what it hides as
not hidden, so that in doubt a text stays. Style sheets in files of their own are not fetched. What a page hides until a
script shows it is hidden too, but never most of a page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MOST = 0.5  # of a page's text: a sheet that hides more waits for a script that shows it
DEEPEST = 8  # compounds of a selector
LONGEST = 2_000_000  # characters of all sheets
_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_ABOUT = re.compile(r"display|visibility", re.IGNORECASE)
_NO_RULE = re.compile(r"/\*.*?(?:\*/|\Z)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|<!--|-->", re.DOTALL)
_SIGN = re.compile(r"([{};])")
_SCREEN = re.compile(r"(?:@media\s*)?(?:(?:only\s+)?(?:screen|all))?\s*(?:,.*)?", re.IGNORECASE)
_LAYER = re.compile(r"@layer\b", re.IGNORECASE)
_COMPOUND = re.compile(r"(\*|[^\W\d][\w-]*)?((?:[.#][\w-]+)*)")
_MORE = re.compile(r"::?[\w-]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?|\[[^\[\]]*\]")  # pseudo-classes, attributes
_VALUE = {"display": ("none",), "visibility": ("hidden", "collapse")}

Weight = tuple[bool, bool, int, int, int, int]  # important, inline, ids, classes, tags, order


@dataclass(frozen=True, slots=True)
class _Compound:
    """What one element must have. `near`: whether it is the parent of the next one, not any element above."""

    tag: str
    classes: frozenset[str]
    id: str
    near: bool = False

    def fits(self, element: Any) -> bool:
        return (
            self.tag in ("", "*", element.tag)
            and (not self.id or element.get("id") == self.id)
            and (not self.classes or self.classes <= set((element.get("class") or "").split()))
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    """One selector of a rule with one property. `chain`: the element last."""

    chain: tuple[_Compound, ...]
    name: str
    hides: bool
    weight: Weight


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rules, by an id, a class or a tag that their element has."""

    rules: dict[str, list[_Rule]] = field(default_factory=dict)

    def add(self, rule: _Rule) -> None:
        last = rule.chain[-1]
        key = f"#{last.id}" if last.id else f".{min(last.classes)}" if last.classes else last.tag or "*"
        self.rules.setdefault(key, []).append(rule)

    def hides(self, element: Any) -> bool:
        """Whether the heaviest of the rules that fit hides the element."""
        names = [
            "*",
            element.tag,
            f"#{element.get('id')}",
            *(f".{one}" for one in (element.get("class") or "").split()),
        ]
        known = [rule for name in names for rule in self.rules.get(name, ())]
        if not any(rule.hides and _fits(rule.chain, element) for rule in known):
            return False
        there = [rule for rule in known if _fits(rule.chain, element)]
        there += _declared(element.get("style") or "", (_Compound(element.tag, frozenset(), ""),), (0, 0, 0, 0), True)
        heaviest = (max((r for r in there if r.name == name), key=lambda r: r.weight, default=None) for name in _VALUE)
        return any(rule is not None and rule.hides for rule in heaviest)


def hidden_by_style(tree: Any) -> list[Any]:
    """The elements that the page's own style sheets hide, none of them in another; [] if that is most of the text."""
    styles = [style for style in tree.iter("style") if _SCREEN.fullmatch((style.get("media") or "").strip())]
    texts = [style.text or "" for style in styles]
    if sum(map(len, texts)) > LONGEST or not any(map(_HIDES.search, texts)):
        return []
    sheet = _Sheet()
    for order, (selectors, text) in enumerate(_rules(_NO_RULE.sub(" ", "\n".join(texts)))):
        if not _ABOUT.search(text):
            continue
        for selector in selectors.split(","):
            _add(sheet, selector.strip(), text, order)
    body = next(tree.iter("body"), tree)
    found = list(_outermost(body, sheet))
    whole = _length(body)
    return found if sum(map(_length, found)) <= MOST * whole else []


def _outermost(element: Any, sheet: _Sheet) -> Iterator[Any]:
    """The hidden elements below this one that are in no other."""
    waiting = [element]
    while waiting:
        for child in waiting.pop().iterchildren("*"):
            if sheet.hides(child):
                yield child
            else:
                waiting.append(child)


def _length(element: Any) -> int:
    """Characters of the text in an element, without code."""
    texts = element.xpath(".//text()[not(parent::script) and not(parent::style)]")
    return sum(len(text.strip()) for text in texts)


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that hold on a screen of any width."""
    groups: list[bool] = []  # of each open @-block: whether it holds
    selectors, declared, inner = "", list[str](), 0  # inner: blocks open inside a rule
    pieces = _SIGN.split(text)
    for before, sign in zip(map(str.strip, pieces[::2]), pieces[1::2], strict=False):
        if selectors:
            if sign == "{":
                inner += 1
            elif inner:
                inner -= sign == "}"
            else:
                declared.append(before)
                if sign == "}":
                    if all(groups):
                        yield selectors, ";".join(declared)
                    selectors, declared = "", []
        elif sign == "{" and before.startswith("@"):
            groups.append(bool(_SCREEN.fullmatch(before) or _LAYER.match(before)))
        elif sign == "{":
            selectors = before or "&"
        elif sign == "}" and groups:
            groups.pop()


def _add(sheet: _Sheet, selector: str, text: str, order: int) -> None:
    chain = _chain(selector)
    loose = chain is None
    if chain is None:  # what it shows counts, for more elements than it names
        chain = _chain(re.split(r"[+~]", _MORE.sub("", selector))[-1].strip() or "*")
    if chain is None:
        return
    ids, classes = sum(bool(one.id) for one in chain), sum(len(one.classes) for one in chain)
    tags = sum(one.tag not in ("", "*") for one in chain)
    for rule in _declared(text, chain, (ids, classes + loose, tags, order), False):
        if not (loose and rule.hides):
            sheet.add(rule)


def _declared(text: str, chain: tuple[_Compound, ...], weight: tuple[int, int, int, int], inline: bool) -> list[_Rule]:
    """What declarations say of what is seen."""
    found = []
    for one in text.split(";"):
        name, _, value = one.partition(":")
        value, mark, _ = value.lower().partition("!")
        if (name := name.strip().lower()) in _VALUE:
            found.append(_Rule(chain, name, value.strip() in _VALUE[name], (bool(mark), inline, *weight)))
    return found


def _chain(selector: str) -> tuple[_Compound, ...] | None:
    """The compounds of a selector; None for one of another form."""
    found: list[_Compound] = []
    near = False
    for part in re.sub(r"\s*>\s*", " > ", selector).split():
        if part == ">":
            if not found or near:
                return None
            near = True
            continue
        fits = _COMPOUND.fullmatch(part)
        if fits is None or not part:
            return None
        names = re.findall(r"[.#][\w-]+", fits[2])
        ids = [name[1:] for name in names if name[0] == "#"]
        if len(ids) > 1:
            return None
        if near:
            found[-1] = _Compound(found[-1].tag, found[-1].classes, found[-1].id, near=True)
            near = False
        classes = frozenset(name[1:] for name in names if name[0] == ".")
        found.append(_Compound((fits[1] or "").lower(), classes, ids[0] if ids else ""))
    return tuple(found) if 0 < len(found) <= DEEPEST and not near else None


def _fits(chain: tuple[_Compound, ...], element: Any) -> bool:
    """Whether an element and those above it are as the chain wants them."""
    if not chain[-1].fits(element):
        return False
    if len(chain) == 1:
        return True
    above = list(element.iterancestors())
    known: dict[tuple[int, int], bool] = {}  # else a long chain in a deep page is tried in all ways

    def matches(left: int, place: int) -> bool:
        """Whether the first `left` compounds fit elements from `place` on upwards."""
        if left == 0:
            return True
        if (left, place) not in known:
            last = place + 1 if chain[left - 1].near else len(above)
            places = range(place, min(last, len(above)))
            known[left, place] = any(chain[left - 1].fits(above[at]) and matches(left - 1, at + 1) for at in places)
        return known[left, place]

    return matches(len(chain) - 1, 0)
