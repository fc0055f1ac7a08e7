"""The status board: which missions stand how on a day, over time, and on the map."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from legation.db.age import CONFIRMED_DAYS, age_class
from legation.db.answers import Question, Status, claims_of, history
from legation.db.items import items_of_missions, known_missions, silent
from legation.db.refresh import confirmed_days
from legation.pipeline.errors import UsageProblem
from legation.pipeline.places import country, day, state_label
from legation.pipeline.places import place as find_place
from legation.pipeline.regions import region, states_in
from legation.pipeline.web import atlas
from legation.pipeline.web.chart import Bar, Dot, Spec, state_colour, timeline, world
from legation.pipeline.web.thin import CLAIMS, PERIODS, budget, chosen, coarser
from legation.pipeline.web.words import STATUS, began, host_label, when

AWAY = ("closed", "suspended", "evacuated")
LONGEST = 60  # characters of a mission's name
MARGIN = timedelta(days=30)  # shown before the first change
Claim = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a board is about: a place (city or receiving State), a sending State, a region; "": any; `on` is a day."""

    place: str = ""
    of: str = ""
    on: str = ""
    region: str = ""

    def query(self, **other: str) -> str:
        """The query string that asks for the same, with `other` values instead."""
        values = {"place": self.place, "of": self.of, "region": self.region, "on": self.on, **other}
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, slots=True)
class Mission:
    """One row of a board: its periods, oldest first; `now` is the one of the day; `total` counts its claims.

    `claims` are (claim, how many others of about that time it stands for), oldest first. `confidence` is that of the
    day; `aged` says since when nobody has confirmed the state, "" where the evidence is not old; `late` are the
    announcements whose day has passed, in words.
    """

    name: str
    link: str
    now: Status | None
    since: str
    periods: tuple[Status, ...]
    claims: tuple[tuple[Claim, int], ...]
    total: int
    confidence: float = 0.0
    aged: str = ""
    late: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return self.now.state if self.now else "unknown"


@dataclass(frozen=True, slots=True)
class Board:
    """All that a board shows; `ends` are the first and the last day of its timeline."""

    asked: Asked
    title: str
    missions: tuple[Mission, ...]
    ends: tuple[str, str]
    confirmed_days: int = CONFIRMED_DAYS

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many missions are in each state on the day."""
        states = [mission.state for mission in self.missions]
        return sorted(((state, states.count(state)) for state in set(states)), key=lambda pair: -pair[1])


def asked(args: Any, today: str) -> Asked:
    """What a query string asks for; UsageProblem for a day that is none."""
    place, of, region = ((args.get(name) or "").strip() for name in ("place", "of", "region"))
    return Asked(place, of, day((args.get("on") or "").strip() or today), region)


def board(connection: sqlite3.Connection, asked: Asked, today: str) -> Board:
    """The board; UsageProblem for a place that cannot be meant."""
    if not asked.place and not asked.of and not asked.region:
        raise UsageProblem("name a place, a sending State or a region")
    where = find_place(asked.place) if asked.place else None
    sender = country(asked.of) if asked.of else None
    hosts_asked = states_in(asked.region) if asked.region else None
    question = Question(where.country if where else None, sender, where.city if where else None, hosts=hosts_asked)
    limit = confirmed_days(connection)
    found = history(connection, question)
    listed = items_of_missions(connection, question)
    found += silent(listed, known_missions(connection), question) if listed else []
    groups: dict[tuple[str, str, str, str | None], list[Status]] = {}
    for status in found:
        groups.setdefault((status.sending_state, status.receiving_state, status.kind, status.city), []).append(status)
    most = budget(CLAIMS, len(groups))
    picked = [chosen(connection, _ids(periods), most) for periods in groups.values()]
    late = {c for periods in groups.values() for s in _on(periods, asked.on) for c in s.overdue_on(asked.on)}
    claims = claims_of(connection, {*late, *(claim for ids in picked for claim in ids)})
    missions = [
        _aged(
            _mission(periods, {c: (claims[c], others) for c, others in ids.items()}, asked.on, question),
            asked.on, limit, claims,
        )
        for periods, ids in zip(groups.values(), picked, strict=True)
    ]  # fmt: skip
    place = (where.city or state_label(where.country)) if where else region(asked.region) if asked.region else ""
    title = " in ".join(filter(None, (f"Missions of {state_label(sender)}" if sender else "Missions", place)))
    ordered = tuple(sorted(missions, key=lambda m: m.name))
    return Board(asked, title, ordered, _ends(missions, asked.on, today), limit)


def _on(periods: Iterable[Status], day: str) -> Iterator[Status]:
    """The period of the day, if there is one."""
    return (s for s in periods if (s.since or "") <= day and (s.until is None or day < s.until))


def _aged(mission: Mission, on: str, limit: int, claims: Mapping[int, Claim]) -> Mission:
    """The mission with what the age of its evidence and of its announcements makes of it on a day."""
    now = mission.now
    if now is None:
        return mission
    if not now.period_id:
        return replace(mission, aged="no news; listed by Wikidata")
    old = age_class(now.last_confirmed, on, limit) == "old" and now.last_confirmed
    aged = f"not confirmed since {when(now.last_confirmed[:7])}" if old and now.last_confirmed else ""
    late = tuple(f"{words(claims[c])}: overdue, did it happen?" for c in now.overdue_on(on))
    return replace(mission, confidence=now.confidence_on(on), aged=aged, late=late)


def known(connection: sqlite3.Connection) -> dict[str, list[tuple[str, int]]]:
    """What one may ask for: "hosts" and "senders", each (name, missions of which something is known), by name."""
    found = {}
    for side, column in (("hosts", "receiving_state"), ("senders", "sending_state")):
        rows = connection.execute(
            f"SELECT code, count(*) FROM (SELECT DISTINCT {column} AS code, receiving_state, sending_state, kind, city "  # noqa: S608
            "FROM periods WHERE state <> 'unknown') GROUP BY code"
        )
        found[side] = sorted((state_label(code), number) for code, number in rows)
    return found


def _ids(periods: Iterable[Status]) -> set[int]:
    return {claim for s in periods for claim in (*s.rests, *s.dissents, *s.announces)}


def _mission(
    periods: Sequence[Status], claims: Mapping[int, tuple[Claim, int]], on: str, question: Question
) -> Mission:  # fmt: skip
    ordered = sorted(claims.values(), key=lambda pair: (claim_day(pair[0]), pair[0]["id"]))
    now = next(_on(periods, on), None)
    since = began(now.since, now.precision) if now else ""
    name = _name(periods[0], question)
    return Mission(name, link(periods[0]), now, since, tuple(periods), tuple(ordered), len(_ids(periods)))


def _name(status: Status, question: Question) -> str:
    """The other side of the question, with kind and city where they are not the usual."""
    side = state_label(status.sending_state if question.sending is None else status.receiving_state)
    if question.sending and question.receiving:
        side = state_label(status.sending_state)
    if question.receiving is None and question.sending is None:
        side = f"{state_label(status.sending_state)} in {state_label(status.receiving_state)}"
    kind = "" if status.kind == "embassy" else f", {status.kind}"
    city = "" if question.city and status.city == question.city else f", {status.city}" if status.city else ""
    return shorten(f"{side}{kind}{city}")


def shorten(name: str) -> str:
    """A name that fits beside a row: one cut by the engine that draws costs 0.2 s."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}…"


def link(status: Status) -> str:
    """The page of a mission."""
    city = "?" + urlencode({"city": status.city}) if status.city else ""
    return f"/-/mission/{status.receiving_state}/{status.sending_state}/{status.kind}{city}"


def claim_day(claim: Claim) -> str:
    """Where a claim stands on the timeline: the day it tells of, else the day it was said."""
    said = str(claim["published"] or claim["recorded_at"][:10])
    return (claim["date"] + "0000-01-01"[len(claim["date"]) :]) if claim["date"] else said


def _ends(missions: Iterable[Mission], on: str, today: str) -> tuple[str, str]:
    missions = list(missions)
    days = [s.since for m in missions for s in m.periods if s.since]
    days += [claim_day(claim) for m in missions for claim, _ in m.claims]
    first = date.fromisoformat(min([*days, on, today]))
    earlier = max(first - MARGIN, date(1, 1, 1)) if first.year > 1 else first
    return earlier.isoformat(), max([*days, on, today])


def words(claim: Claim, others: int = 0) -> str:
    """A claim as the mark on a picture says it."""
    more = f" and {others} more of about that time" if others else ""
    said = f"{STATUS[claim['status']]}, {claim['modality']}, {when(claim['date'] or claim['published']) or 'undated'}"
    return f"{said}: “{claim['quote']}” ({claim['publisher'] or 'unknown publisher'}){more}"


def timeline_of(shown: Board) -> Spec:
    """The picture of a board."""
    bars: list[Bar] = []
    dots: list[Dot] = []
    most = budget(PERIODS, len(shown.missions))
    for mission in shown.missions:
        for s in coarser(mission.periods, most, shown.ends[1]):
            bars += _bars(mission.name, s, shown.ends, shown.confirmed_days)
        dots += [
            Dot(mission.name, claim_day(c), c["status"], c["modality"], f"#claim-{c['id']}",
                f"{mission.name}: {words(c, others)}")
            for c, others in mission.claims
        ]  # fmt: skip
    return timeline(bars, dots, shown.asked.on, shown.ends)


def _bars(row: str, s: Status, ends: tuple[str, str], limit: int) -> Iterator[Bar]:
    """The bar of a period, and a faded one from the day on which its evidence became old."""
    told = f"{row}: {s.state} {began(s.since, s.precision)}{' until ' + when(s.until) if s.until else ''}"
    first, last = s.since or ends[0], s.until or ends[1]
    if s.last_confirmed is None:
        yield Bar(row, first, last, s.state, told)
        return
    fades = _later(max(first, s.last_confirmed), limit)
    yield Bar(row, first, min(last, fades), s.state, told)
    if fades < last:
        yield Bar(row, fades, last, s.state, f"{told}, not confirmed since {when(s.last_confirmed[:7])}", True)


def _later(day: str, days: int) -> str:
    first = date.fromisoformat(day)
    return (first + min(timedelta(days=days), date.max - first)).isoformat()


def map_of(shown: Board) -> Spec:
    """A sender's missions on the map, each host in the state of the mission there; the embassy before others."""
    by_host: dict[str, Mission] = {}
    for mission in sorted(shown.missions, key=lambda m: m.periods[0].kind not in ("embassy", "delegation")):
        by_host.setdefault(mission.periods[0].receiving_state, mission)
    values = [
        {**at, "state": mission.state, "old": bool(mission.aged),
         "words": ", ".join(filter(None, (f"{mission.name}: {mission.state}", mission.aged))),
         "link": f"/-/board?{Asked(place=host, on=shown.asked.on).query()}"}
        for host, mission in by_host.items()
        if (at := atlas.place(host))
    ]  # fmt: skip
    return world(atlas.shapes(), values, state_colour())


@dataclass(frozen=True, slots=True)
class Host:
    """A receiving State on a day: how many missions are known there, and how many do not work in it."""

    code: str
    name: str
    missions: int
    away: int

    @property
    def share(self) -> float:
        return self.away / self.missions


def hosts(connection: sqlite3.Connection, on: str) -> list[Host]:
    """Every State with known missions on a day, by the share of those closed, suspended or evacuated."""
    marks = ", ".join(f"'{state}'" for state in AWAY)
    rows = connection.execute(
        f"SELECT receiving_state, count(*), sum(state IN ({marks})) FROM periods "  # noqa: S608 - words of our own
        "WHERE state <> 'unknown' AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day) "
        "GROUP BY receiving_state",
        {"day": on},
    )
    found = [Host(code, host_label(code), missions, away) for code, missions, away in rows]
    return sorted(found, key=lambda host: (-host.share, -host.missions, host.name))


def hosts_map(found: Sequence[Host], on: str) -> Spec:
    """The world by the share of missions that do not work."""
    values = [
        {**at, "share": host.share, "link": f"/-/board?{Asked(place=host.code, on=on).query()}",
         "words": f"{host.name}: {host.away} of {host.missions} missions closed, suspended or evacuated"}
        for host in found
        if (at := atlas.place(host.code))
    ]  # fmt: skip
    scale = {"domain": [0, 1], "scheme": "cividis", "reverse": True}
    legend = {"format": ".0%"}
    colour = {"field": "share", "type": "quantitative", "title": "not working", "scale": scale, "legend": legend}
    return world(atlas.shapes(), values, colour)
