"""Timelines and maps as SVG, written here: plain data in, markup out; colours and type come from the stylesheet.

A drawing is the content of <svg> with its size, so that a page can show it at any width and image_files.py can make a
file of it. In a timeline x is in per cent and y in pixels: it fills any width, and its type keeps its size.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt

from markupsafe import Markup, escape

from legation.pipeline.web import world_map
from legation.pipeline.web.date_format import short_day

STATES = ("open", "limited", "relocated", "evacuated", "suspended", "closed", "unknown")  # in the order of legends
EVENTS = ("opened", "reopened", "remained_open", "reduced", "relocated", "evacuated", "suspended", "closed")
HEAD, ROW, BAR, GAP = 32, 24, 14, 12  # pixels: above the rows, of a row, of a bar, between two states
MARK = 8.5  # pixels, radius of a mark
WIDE, NARROW = (
    560,
    230,
)  # pixels that a timeline has at least on a desk and on a phone, so that marks have room
YEAR = 365  # days
LAST_TICK, TICK = 94, 8  # per cent after which a tick has no room for words; pixels that one letter takes
LEAST = 0.1  # per cent of the width: less is not seen
MAX_FADE = 1_000_000  # days
MAP = (1120, 500)  # pixels
MOST_LABELS = 8  # words on a map
BIG, SMALL = 19.0, 3.5  # pixels, radius of the largest bubble and of the smallest


@dataclass(frozen=True, slots=True)
class Bar:
    """A mission in one state from `since` to before `until`, both YYYY-MM-DD.

    `confirmed` is the day of the last word about it (None: there is no news of it at all), `reviewed` whether a
    reviewer has decided on all that it rests on; `words` tell it.
    """

    since: str
    until: str
    state: str
    words: str
    confirmed: str | None = None
    reviewed: bool = True


@dataclass(frozen=True, slots=True)
class Dot:
    """A claim; `link` is where it leads, `words` what it says, `others` how many more of about that day it is for."""

    day: str
    status: str
    modality: str
    link: str
    words: str
    others: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One mission; `state` is that of the day, `link` its page."""

    name: str
    link: str
    state: str
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """The content of <svg>. `width` None: any width. `rows` are those of a timeline, with the marks that had room and
    with their y in pixels."""

    inside: Markup
    label: str
    width: int | None
    height: int
    rows: tuple[tuple[Row, int], ...] = ()

    def __html__(self) -> str:
        """As a template shows it."""
        box = f' viewBox="0 0 {self.width} {self.height}"' if self.width else f' width="100%" height="{self.height}"'
        kind = "world" if self.width else "chart"
        return f'<svg class="{kind}"{box} role="group" aria-label="{escape(self.label)}">{self.inside}</svg>'


def order(rows: Iterable[Row]) -> list[Row]:
    """By state as in the legend, then by name."""
    return sorted(rows, key=lambda row: (STATES.index(row.state), row.name))


def timeline(
    rows: Sequence[Row], on: str, ends: tuple[str, str], label: str = "Timeline", fades: int = YEAR
) -> Drawing:  # fmt: skip
    """A row for each mission, in the order given; bars by state, a mark for each claim above the line of the day `on`.

    A bar fades over `fades` days after the last word.
    """
    places: list[tuple[Row, int]] = []
    y = HEAD
    for i, row in enumerate(rows):
        y += GAP if i and row.state != rows[i - 1].state else 0
        places.append((row, y))
        y += ROW
    scale = Scale(*ends)
    drawn = [(row, top, spread(row.dots, scale)) for row, top in places]
    kinds = {(dot.status, dot.modality == "denied") for _, _, dots in drawn for dot, _ in dots}
    veil = _veil(rows, scale, fades)
    parts = [*_defs(rows, kinds, veil), *_axis(scale, y, on)]
    parts += [_strip(row, top, _bars(row, scale, veil)) for row, top in places]
    parts += [*_day(on, scale, y), *(_group(row, _marks(dots, top, scale)) for row, top, dots in drawn)]
    shown = tuple((replace(row, dots=tuple(dot for dot, _ in dots)), top) for row, top, dots in drawn)
    return Drawing(Markup("").join(parts), label, None, y + 4, shown)


def _strip(row: Row, top: int, parts: Iterable[Markup]) -> Markup:
    """The bars of a row in a picture of their own, which cuts off what reaches beyond its sides."""
    return _tag('<svg data-s="{}" y="{}" height="{}">{}</svg>', row.state, top, ROW, Markup("").join(parts))


def _group(row: Row, parts: Iterable[Markup]) -> Markup:
    return _tag('<g data-s="{}">{}</g>', row.state, Markup("").join(parts))


class Scale:
    """Days to per cent of the width."""

    def __init__(self, first: str, last: str) -> None:
        self.first = date.fromisoformat(first)
        self.last = date.fromisoformat(last)
        self.days = max((self.last - self.first).days, 1)

    def __call__(self, day: str) -> float:
        """0 to 100, also for days outside."""
        return min(max(self.of(date.fromisoformat(day)), 0), 100)

    def of(self, day: date) -> float:
        """Per cent of the width from its left edge, below 0 and above 100 for days outside."""
        return 100 * (day - self.first).days / self.days


@dataclass(frozen=True, slots=True)
class Veil:
    """What covers a bar after its last word, in per cent of the width: it grows over `grows`, and is `width` wide, so
    that one gradient serves all bars. What it covers beyond the end of its bar, the next bar covers again."""

    grows: float
    width: float


def _veil(rows: Iterable[Row], scale: Scale, fades: int) -> Veil:
    """The veil of a timeline in which evidence is old after so many days."""
    said = [word for row in rows for bar in row.bars if (word := _last_word(bar, scale)) is not None]
    grows = 100 * min(fades, MAX_FADE) / scale.days
    return Veil(grows, 100 - min([0, *said]) + grows)


def _tag(form: str, *values: object) -> Markup:
    return Markup(form.format(*map(escape, values)))  # noqa: S704 - forms are written here; values are escaped


def _n(number: float) -> str:
    """A number of at most three decimals."""
    return f"{number:.3f}".rstrip("0").rstrip(".")


def _defs(rows: Iterable[Row], kinds: Iterable[tuple[str, bool]], veil: Veil) -> Iterator[Markup]:
    """The hatching of each state that needs it, the veil that lies over what is old, and the marks that occur."""
    states = sorted({bar.state for row in rows for bar in row.bars if not bar.reviewed})
    hatches = Markup("").join(
        _tag(
            '<pattern id="hatch-{0}" class="state-{0}" width="5" height="5" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect class="tint" width="5" height="5"/>'
            '<rect class="line" width="2" height="5"/></pattern>',
            state,
        )
        for state in states
    )
    yield _tag(
        '<defs>{}<linearGradient id="veil"><stop class="veil-0" offset="0"/><stop class="veil-1" offset="{}%"/>'
        "</linearGradient>{}</defs>",
        hatches, _n(100 * veil.grows / veil.width), Markup("").join(map(_sign, sorted(kinds))),
    )  # fmt: skip


def _sign(kind: tuple[str, bool]) -> Markup:
    """The sign of an event, struck out where it is denied, as it is drawn at the end of a line."""
    status, denied = kind
    return _tag(
        '<marker id="m-{0}{1}" markerUnits="userSpaceOnUse" overflow="visible">'
        '<use href="#i-{0}" x="-5" y="-5" width="10" height="10"/>{2}</marker>',
        status, "-denied" if denied else "", Markup('<path class="strike" d="M-6 6 6-6"/>') if denied else "",
    )  # fmt: skip


def _axis(scale: Scale, height: int, on: str) -> Iterator[Markup]:
    """A line for each tick, and its words where neither the edge nor the day covers them, on a desk or on a phone."""
    for number, (day, words) in enumerate(_ticks(scale)):
        x = _n(scale.of(day))
        odd = " odd" if number % 2 else ""
        yield _tag('<line class="grid" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>', x, HEAD - 4, height)
        if scale.of(day) < LAST_TICK and not _covered(day, words, on, scale, WIDE):
            thin = " thin" if _covered(day, words, on, scale, NARROW) else ""
            yield _tag('<text class="tick{}{}" x="{}%" y="{}">{}</text>', odd, thin, x, HEAD - 12, words)


def _covered(day: date, words: str, on: str, scale: Scale, width: int) -> bool:
    """Whether the box with the name of the day `on` covers the words of a tick in a timeline of that many pixels."""
    left, box = _beside(on, scale)
    start = (scale.of(day) - scale(on)) * width / 100
    return left - TICK * (len(words) + 1) < start < left + box


def _ticks(scale: Scale) -> list[tuple[date, str]]:
    """Firsts of years, months or days, at most nine."""
    first, last = scale.first, scale.last
    for years in (1, 2, 5, 10, 25, 50, 100, 500, 1000):
        found = [year for year in range(first.year + 1, last.year + 1) if year % years == 0]
        if 2 <= len(found) <= 9:
            return [(date(year, 1, 1), str(year)) for year in found]
    months = [(y, m) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    for step in (1, 2, 3, 6):
        starts = [date(y, m, 1) for y, m in months if (m - 1) % step == 0 and first <= date(y, m, 1) <= last]
        if 2 <= len(starts) <= 9:
            return [(day, short_day(day.isoformat()[:7])) for day in starts]
    step = max(scale.days // 5, 1)
    return [(day, short_day(day.isoformat())) for i in range(1, 6) if (day := first + timedelta(days=i * step)) <= last]


def _bars(row: Row, scale: Scale, veil: Veil) -> Iterator[Markup]:
    """The bars of a row, oldest first: the next one lies over the veil of the one before."""
    y = (ROW - BAR) // 2
    if row.state == "unknown" and not row.bars:
        yield _tag('<line class="none" x1="0" x2="100%" y1="{0}" y2="{0}"/>', ROW // 2)
    for bar in row.bars:
        x, end = scale(bar.since), scale(bar.until)
        if bar.state == "unknown":
            yield _tag('<line class="none" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/>', _n(x), _n(end), ROW // 2)
            continue
        said = _last_word(bar, scale)
        lined = not bar.reviewed or said is not None
        inset = 0.5 if lined else 0  # an edge of one pixel lies within the bar
        fill = "" if bar.reviewed else _tag(' fill="url(#hatch-{})"', bar.state)
        yield _tag(
            '<rect class="{}{} state-{}" x="{}%" y="{}" width="{}%" height="{}"{}><title>{}</title></rect>',
            "bar" if bar.reviewed else "hatched", " lined" if lined else "", bar.state,
            _n(x), _n(y + inset), _n(max(end - x, 0.15)), _n(BAR - 2 * inset), fill, bar.words,
        )  # fmt: skip
        if said is not None:
            yield _tag(
                '<rect class="veil" x="{}%" y="{}" width="{}%" height="{}" fill="url(#veil)"/>',
                _n(said), y + 1, _n(veil.width), BAR - 2,
            )  # fmt: skip


def _last_word(bar: Bar, scale: Scale) -> float | None:
    """Where the last word about a bar is, in per cent of the width; None where it does not fade."""
    if not bar.confirmed:
        return None
    said = scale.of(date.fromisoformat(max(bar.confirmed, bar.since)))
    return said if min(scale.of(date.fromisoformat(bar.until)), 100) - max(said, 0) >= LEAST else None


def _beside(on: str, scale: Scale) -> tuple[float, int]:
    """Where the box with the name of the day begins, in pixels from the day, so that it stays inside; and its width."""
    x, width = scale(on), 9 * len(short_day(on)) + 10
    return (-width if x > 90 else 0 if x < 10 else -width / 2), width


def _day(on: str, scale: Scale, height: int) -> Iterator[Markup]:
    x, words = scale(on), short_day(on)
    left, width = _beside(on, scale)
    yield _tag('<line class="day" x1="{0}%" x2="{0}%" y1="22" y2="{1}"/>', _n(x), height)
    yield _tag(
        '<svg overflow="visible" x="{}%" y="0" width="1" height="24">'
        '<rect class="daybox" x="{}" y="0" width="{}" height="22" '
        'rx="4"/><text class="daytext" x="{}" y="16" text-anchor="middle">{}</text></svg>',
        _n(x), _n(left), width, _n(left + width / 2), words,
    )  # fmt: skip


def _marks(dots: Iterable[tuple[Dot, bool]], top: int, scale: Scale) -> Iterator[Markup]:
    """Marks as links: a ring, and a line without length that ends in a sign. This is half the elements of a sign in a
    picture of its own."""
    y = top + ROW // 2
    for dot, thin in dots:
        what = " said" if dot.modality in ("planned", "possible") else ""
        words = dot.words + (f", and {dot.others} more of about that day" if dot.others else "")
        yield _tag(
            '<a class="mark{0}{1}" href="{2}" aria-label="{3}"><circle cx="{4}%" cy="{5}" r="{6}"/>'
            '<line x1="{4}%" x2="{4}%" y1="{5}" y2="{5}" marker-end="url(#m-{7})"/></a>',
            what, " thin" if thin else "", dot.link, words, _n(scale(dot.day)), y, MARK,
            dot.status + ("-denied" if dot.modality == "denied" else ""),
        )  # fmt: skip


def spread(dots: Sequence[Dot], scale: Scale) -> list[tuple[Dot, bool]]:
    """The marks that have room, oldest first, each with whether it has none on a phone.

    Where marks lie nearer than their width, the last of them stays, and says how many others it stands for.
    """
    kept: list[tuple[Dot, bool]] = []
    wide = narrow = 1e9
    for dot in sorted(dots, key=lambda dot: dot.day, reverse=True):
        x = scale(dot.day)
        if kept and wide - x < 100 * 2 * MARK / WIDE:
            last, thin = kept[-1]
            kept[-1] = (replace(last, others=last.others + 1 + dot.others), thin)
            continue
        thin = bool(kept) and narrow - x < 100 * 2 * MARK / NARROW
        narrow = narrow if thin else x
        wide = x
        kept.append((dot, thin))
    return kept[::-1]


@dataclass(frozen=True, slots=True)
class Spot:
    """A bubble on a map, at a State's capital. `missions` gives its size, `away` its core; `state`: a sign instead.

    `name` is written beside it where there is room and `named` is true.
    """

    code: str
    link: str
    words: str
    missions: int = 0
    away: int = 0
    state: str = ""
    name: str = ""
    named: bool = False
    old: bool = False


FEW = 3  # missions; under so many a share says nothing


def world(spots: Sequence[Spot], label: str) -> Drawing:
    """The land as rows of dots, without borders, and a bubble at each capital, large ones below small ones."""
    placed = [(spot, place) for spot in spots if (place := world_map.place(spot.code))]
    most = max((spot.missions for spot in spots), default=1) or 1
    sized = sorted(((s, p, _radius(s, most)) for s, p in placed), key=lambda found: -found[2])
    parts = [
        _tag('<path class="land" d="{}"/>', world_map.land()),
        *(_bubble(*found) for found in sized),
        *_names(sized),
    ]
    return Drawing(Markup("").join(parts), label, *MAP)


def _radius(spot: Spot, most: int) -> float:
    return MARK if spot.state else max(BIG * sqrt(spot.missions / max(most, FEW)), SMALL)


def _bubble(spot: Spot, at: tuple[float, float], radius: float) -> Markup:
    x, y = map(_n, at)
    if spot.state:
        kind = " old" if spot.old else ""
        inside = _tag(
            '<circle class="sign state-{}{}" cx="{}" cy="{}" r="{}"/>'
            '<use class="on{}" href="#i-{}" x="{}" y="{}" width="9" height="9"/>',
            spot.state, kind, x, y, _n(radius), kind, spot.state, _n(at[0] - 4.5), _n(at[1] - 4.5),
        )  # fmt: skip
    elif spot.missions < FEW:
        inside = _tag('<circle class="few" cx="{}" cy="{}" r="{}"/>', x, y, _n(max(radius, 4.5)))
    else:
        core = _n(radius * sqrt(spot.away / spot.missions))
        inside = _tag('<circle class="all" cx="{}" cy="{}" r="{}"/>', x, y, _n(radius))
        if spot.away:
            inside += _tag('<circle class="away" cx="{}" cy="{}" r="{}"/>', x, y, core)
    return _tag('<a class="spot" href="{}" aria-label="{}">{}</a>', spot.link, spot.words, inside)


def _names(sized: Sequence[tuple[Spot, tuple[float, float], float]]) -> Iterator[Markup]:
    """The names that have room beside their bubble: right of it, left of it, below or above."""
    taken = [(x - r, y - r, x + r, y + r) for _, (x, y), r in sized]
    number = 0
    for spot, (x, y), radius in (found for found in sized if found[0].named):
        width = 7.6 * (len(spot.name) + len(f" {spot.away} of {spot.missions}"))
        out = radius + 3
        beside = ((x + out, y), (x - out - width, y), (x - width / 2, y + out + 8), (x - width / 2, y - out - 8))
        for left, middle in beside:
            box = (left, middle - 9, left + width, middle + 9)
            if box[0] > 0 and box[2] < MAP[0] and not any(_meet(box, other) for other in taken):
                taken.append(box)
                number += 1
                yield _tag('<text class="name{}" x="{}" y="{}">{} <tspan>{} of {}</tspan></text>',
                           " minor" if number > FEW else "", _n(left), _n(middle + 5), spot.name, spot.away,
                           spot.missions)  # fmt: skip
                break
        if number == MOST_LABELS:
            return


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def legend(rows: Iterable[Row]) -> Mapping[str, list[str]]:
    """What occurs in a timeline: "states", "events", and "kinds" of bars and marks, each in the order of legends."""
    rows = list(rows)
    bars = [bar for row in rows for bar in row.bars if bar.state != "unknown"]
    dots = [dot for row in rows for dot in row.dots]
    old = [
        b
        for b in bars
        if b.confirmed and (date.fromisoformat(b.until) - date.fromisoformat(b.confirmed)).days > YEAR / 6
    ]
    kinds = {
        "reviewed": any(bar.reviewed for bar in bars), "unreviewed": any(not bar.reviewed for bar in bars),
        "fades": bool(old), "announced": any(dot.modality in ("planned", "possible") for dot in dots),
        "denied": any(dot.modality == "denied" for dot in dots),
    }  # fmt: skip
    return {
        "states": [state for state in STATES if any(row.state == state for row in rows)],
        "events": [event for event in EVENTS if any(dot.status == event for dot in dots)],
        "kinds": [kind for kind, occurs in kinds.items() if occurs],
    }
