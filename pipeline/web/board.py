"""The status board: the state of missions on a day, over time, and on the map."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from legation.db import mission_matching
from legation.db.age import CONFIRMED_DAYS, age_class
from legation.db.refresh import confirmed_days
from legation.db.status_outline import ALWAYS, Outline, Spread, months, outlines, spread_claims
from legation.db.status_queries import Question, Status, claims_of, statuses_of
from legation.db.wikidata_items import items_of_missions, known_missions, silent
from legation.pipeline.errors import UsageProblem
from legation.pipeline.regions import region, states_in
from legation.pipeline.sentences import named
from legation.pipeline.user_input import Place, parse_country, parse_day, state_label
from legation.pipeline.user_input import parse_place as find_place
from legation.pipeline.web.chart import FEW, STATES, Bar, Dot, Drawing, Row, Spot, order, timeline, world
from legation.pipeline.web.downsample import CLAIMS, PERIODS, budget, drawn_periods, merge_periods
from legation.pipeline.web.labels import STATUS, host_label, since_words, when

AWAY = ("closed", "suspended", "evacuated")
NAMED, MOSTLY = 0.2, 0.5  # shares of missions that do not work: a State is named on the map; most of its missions
STANDS_OUT = 3  # changes in one month
YEARS = 10  # of the slider of the map
LONGEST = 60  # characters of a mission's name
MARGIN = timedelta(days=30)  # shown before the first change
REMEMBERED = 8  # answers that are kept in memory, two for a board
NO_CLAIMS = Spread({}, 0)
Claim = Mapping[str, Any]
T = TypeVar("T")
_memory: dict[tuple[object, ...], Any] = {}


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
    """One row of a board: `periods` are those to draw, oldest first; `now` is the one of the day; `total` counts its
    claims.

    `claims` are (claim, how many others of about that time it stands for), oldest first; `said` is the newest that the
    state of the day rests on. `confidence` is that of the day; `aged` says since when nobody has confirmed the state,
    "" where the evidence is not old; `late` are the announcements whose day has passed, in words.
    """

    about: mission_matching.Mission
    name: str
    now: Status | None
    periods: tuple[Status, ...]
    claims: tuple[tuple[Claim, int], ...]
    total: int
    confidence: float = 0.0
    aged: str = ""
    late: tuple[str, ...] = ()
    said: Claim | None = None

    @property
    def state(self) -> str:
        return self.now.state if self.now else "unknown"

    @property
    def since(self) -> str:
        """ "since 19 April 2022 or before"; "" where that is not known."""
        return since_words(self.now.since, self.now.precision) if self.now else ""

    @property
    def link(self) -> str:
        return link(self.about)

    @property
    def basis(self) -> str:
        """What reviewers have seen of what the state of the day rests on."""
        return self.now.basis if self.now else "none"


@dataclass(frozen=True, slots=True)
class Board:
    """All that a board shows; `ends` are the first and the last day of its timeline, `months` the number of changes in
    each month, YYYY-MM.

    `host` is the State of the place asked for, `city` the city; None: none was.
    """

    asked: Asked
    title: str
    missions: tuple[Mission, ...]
    ends: tuple[str, str]
    confirmed_days: int = CONFIRMED_DAYS
    months: Mapping[str, int] = field(default_factory=dict)
    host: str | None = None
    city: str | None = None

    @property
    def noun(self) -> str:
        """What is counted: "embassies" where there is nothing else."""
        return "embassies" if {mission.about.kind for mission in self.missions} == {"embassy"} else "missions"

    @property
    def unreviewed(self) -> int:
        """How many states of the day wait for a reviewer."""
        return sum(mission.basis in ("mixed", "unreviewed") for mission in self.missions)

    @property
    def old(self) -> int:
        """How many were not confirmed for long."""
        return sum(bool(mission.aged) for mission in self.missions)

    @property
    def finding(self) -> str:
        """The month in which most changed, if there is one; else the first month of the picture."""
        number, most = max(((number, month) for month, number in self.months.items()), default=(0, ""))
        if number >= STANDS_OUT:
            return f"Most changes came in {when(most)}"
        return f"Since {when(self.ends[0][:7])}"

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many missions are in each state on the day."""
        states = [mission.state for mission in self.missions]
        return [(state, states.count(state)) for state in STATES if state in states]


def asked(args: Any, today: str) -> Asked:
    """What a query string asks for; UsageProblem for a day that is none."""
    place, of, region = ((args.get(name) or "").strip() for name in ("place", "of", "region"))
    return Asked(place, of, parse_day((args.get("on") or "").strip() or today), region)


def board(connection: sqlite3.Connection, asked: Asked, today: str, *, whole: bool = True) -> Board:
    """The board; UsageProblem for a place that cannot be meant. Not `whole`: its timeline ends on its day."""
    if not asked.place and not asked.of and not asked.region:
        raise UsageProblem("name a place, a sending State or a region")
    where = find_place(asked.place) if asked.place else None
    sender = parse_country(asked.of) if asked.of else None
    hosts_asked = states_in(asked.region) if asked.region else None
    question = Question(where.country if where else None, sender, where.city if where else None, hosts=hosts_asked)
    until = ALWAYS if whole else asked.on
    stamp = _stamp(connection)
    stored = _remembered(stamp, connection, _stored, question, until)
    limit = confirmed_days(connection)
    now = statuses_of(connection, [outline.mission_id for outline in stored.outlines], asked.on)
    now |= {status.mission_id: status for status in stored.silent}
    spreads = [stored.spreads.get(outline.mission_id, NO_CLAIMS) for outline in stored.outlines]
    told = {c for s in now.values() for c in (*s.overdue_on(asked.on), *s.rests[-1:])}
    claims = claims_of(connection, {*told, *(claim for spread in spreads for claim in spread.claims)})
    marks = [_marks(claims, spread, asked.on if not whole else ALWAYS) for spread in spreads]
    ends = _ends(stored.outlines, marks, asked.on, today if whole else asked.on)
    most = budget(PERIODS, len(stored.outlines))
    drawn = _remembered(stamp, connection, drawn_periods, stored.outlines, most, ends[1], until)
    missions = [
        _aged(
            Mission(
                outline.mission, _name(outline.mission, question), now.get(outline.mission_id),
                tuple(drawn.get(outline.mission_id, ())), tuple(shown), spread.total - len(spread.claims) + len(shown),
            ),
            asked.on, limit, claims,
        )
        for outline, spread, shown in zip(stored.outlines, spreads, marks, strict=True)
    ]  # fmt: skip
    place = _place_name(where) if where else region(asked.region) if asked.region else ""
    title = " in ".join(filter(None, (f"Missions of {named(sender)}" if sender else "Missions", place)))
    ordered = tuple(sorted(missions, key=lambda m: (STATES.index(m.state), m.name)))
    if ordered and {mission.about.kind for mission in ordered} == {"embassy"}:
        title = title.replace("Missions", "Embassies", 1)
    host, city = (where.country, where.city) if where else (None, None)
    return Board(asked, title, ordered, ends, limit, stored.months, host, city)


def _remembered(stamp: object, connection: sqlite3.Connection, question: Callable[..., T], *given: Any) -> T:
    """question(connection, *given), from memory where it was asked at this stamp of the database: another day is then
    asked fast."""
    key = (stamp, question, *given)
    found: T | None = _memory.get(key)
    if found is None:
        found = question(connection, *given)
        if stamp:
            while len(_memory) >= REMEMBERED:
                _memory.pop(next(iter(_memory)), None)
            _memory[key] = found
    return found


def _stamp(connection: sqlite3.Connection) -> tuple[object, ...]:
    """What changes with every write to the database; () where nothing can be remembered.

    It is taken before the database is read: what is newer than its stamp is asked for again, never the other way round.
    """
    path = str(connection.execute("PRAGMA database_list").fetchone()[2])
    try:
        files = [os.stat(path), *(os.stat(path + end) for end in ("-wal",) if os.path.exists(path + end))]
    except OSError:
        return ()
    return (path, *((file.st_ino, file.st_mtime_ns, file.st_size) for file in files))


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of the missions of a board, whatever its day; `silent` are those that only Wikidata lists."""

    outlines: tuple[Outline, ...]
    spreads: Mapping[str, Spread]
    months: Mapping[str, int]
    silent: Sequence[Status]


def _stored(connection: sqlite3.Connection, question: Question, until: str) -> Stored:
    found = outlines(connection, question, until)
    listed = items_of_missions(connection, question)
    unheard = silent(listed, known_missions(connection), question) if listed else []
    found += [Outline(s.mission_id, mission_of(s), 0, None, None, None) for s in unheard]
    spreads = spread_claims(connection, question, budget(CLAIMS, len(found)), until)
    return Stored(tuple(found), spreads, months(connection, question, until), unheard)


def mission_of(status: Status) -> mission_matching.Mission:
    """The mission of a period."""
    return mission_matching.Mission(status.sending_state, status.receiving_state, status.kind, status.city)


def _marks(claims: Mapping[int, Claim], spread: Spread, until: str) -> list[tuple[Claim, int]]:
    """The claims to show that are of a day up to `until`, each with how many others it stands for, oldest first."""
    found = [(claims[claim], others) for claim, others in spread.claims.items()]
    shown = [pair for pair in found if claim_day(pair[0]) <= until]
    return sorted(shown, key=lambda pair: (claim_day(pair[0]), pair[0]["id"]))


def _place_name(where: Place) -> str:
    """ "Kyiv, Ukraine", "Singapore", "the United States"."""
    country = named(where.country)
    return f"{where.city}, {country}" if where.city and where.city != state_label(where.country) else country


def mission_on(
    periods: tuple[Status, ...], marks: Sequence[tuple[Claim, int]], now: Status | None, name: str, on: str, limit: int,
    claims: Mapping[int, Claim],
) -> Mission:  # fmt: skip
    """One mission as a row of its own board; `marks` are (claim, others), `limit` days until evidence is old."""
    row = Mission(mission_of(periods[0]), name, now, periods, tuple(marks), len(claims))
    return _aged(row, on, limit, claims)


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
    return replace(mission, confidence=now.confidence_on(on), aged=aged, late=late, said=_newest(now, claims))


def _newest(status: Status, claims: Mapping[int, Claim]) -> Claim | None:
    """The newest of the claims given that a state rests on."""
    found = [claims[claim] for claim in status.rests if claim in claims]
    return max(found, key=lambda claim: (claim["published"] or "", claim["id"]), default=None)


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


def sides(connection: sqlite3.Connection, code: str) -> dict[str, int]:
    """How many missions are known in a State ("place") and abroad of it ("of")."""
    known_of = "(SELECT DISTINCT receiving_state, sending_state, kind, city FROM periods WHERE state <> 'unknown')"
    return {
        side: int(connection.execute(f"SELECT count(*) FROM {known_of} WHERE {column} = ?", (code,)).fetchone()[0])  # noqa: S608
        for side, column in (("place", "receiving_state"), ("of", "sending_state"))
    }


def _name(mission: mission_matching.Mission, question: Question) -> str:
    """The other side of the question, with kind and city where they are not the usual."""
    side = state_label(mission.sending_state if question.sending is None else mission.receiving_state)
    if question.sending and question.receiving:
        side = state_label(mission.sending_state)
    if question.receiving is None and question.sending is None:
        side = f"{state_label(mission.sending_state)} in {state_label(mission.receiving_state)}"
    kind = "" if mission.kind == "embassy" else f", {mission.kind}"
    city = "" if question.city and mission.city == question.city else f", {mission.city}" if mission.city else ""
    return shorten(f"{side}{kind}{city}")


def shorten(name: str) -> str:
    """A name that fits beside a row: one cut by the engine that draws costs 0.2 s."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}…"


def link(mission: mission_matching.Mission) -> str:
    """The page of a mission."""
    city = "?" + urlencode({"city": mission.city}) if mission.city else ""
    return f"/-/mission/{mission.receiving_state}/{mission.sending_state}/{mission.kind}{city}"


def claim_day(claim: Claim) -> str:
    """Where a claim is on the timeline: on the day of its event, else on the day it was said."""
    said = str(claim["published"] or claim["recorded_at"][:10])
    return (claim["date"] + "0000-01-01"[len(claim["date"]) :]) if claim["date"] else said


def _ends(
    found: Iterable[Outline], marks: Iterable[Iterable[tuple[Claim, int]]], on: str, last: str
) -> tuple[str, str]:  # fmt: skip
    days = [day for outline in found for day in (outline.first, outline.last) if day]
    days += [claim_day(claim) for shown in marks for claim, _ in shown]
    first = date.fromisoformat(min([*days, on, last]))
    earlier = max(first - MARGIN, date(1, 1, 1)) if first.year > 1 else first
    return earlier.isoformat(), max([*days, on, last])


def words(claim: Claim, others: int = 0) -> str:
    """A claim as the mark on a picture says it."""
    more = f" and {others} more of about that time" if others else ""
    said = f"{STATUS[claim['status']]}, {claim['modality']}, {when(claim['date'] or claim['published']) or 'undated'}"
    by = claim.get("publisher_name") or claim["publisher"] or "unknown publisher"
    return f"{said}: “{claim['quote']}” ({by}){more}"


def rows(shown: Board, base: str = "") -> list[Row]:
    """The rows of a board's timeline by state and name; marks lead to the claims on the page `base`, "" this one."""
    most = budget(PERIODS, len(shown.missions))
    return order(
        Row(
            mission.name, mission.link, mission.state,
            tuple(_bar(mission.name, s, shown.ends) for s in merge_periods(mission.periods, most, shown.ends[1])),
            tuple(
                Dot(claim_day(claim), claim["status"], claim["modality"], f"{base}#claim-{claim['id']}",
                    f"{mission.name}: {words(claim)}", others)
                for claim, others in mission.claims
            ),
        )
        for mission in shown.missions
    )  # fmt: skip


def timeline_of(shown: Board, base: str = "") -> Drawing:
    """The picture of a board."""
    return timeline(rows(shown, base), shown.asked.on, shown.ends, f"Timeline. {shown.title}", shown.confirmed_days)


def _bar(name: str, s: Status, ends: tuple[str, str]) -> Bar:
    told = f"{name}: {s.state} {since_words(s.since, s.precision)}{' until ' + when(s.until) if s.until else ''}"
    reviewed = s.basis in ("reviewed", "none")
    return Bar(s.since or ends[0], s.until or ends[1], s.state, told, s.last_confirmed, reviewed)


def map_of(shown: Board) -> Drawing:
    """A sender's missions on the map, each host with the sign of the mission there; the embassy before others."""
    by_host: dict[str, Mission] = {}
    for mission in sorted(shown.missions, key=lambda m: m.about.kind not in ("embassy", "delegation")):
        by_host.setdefault(mission.about.receiving_state, mission)
    spots = [
        Spot(
            host, f"/-/board?{Asked(place=host, on=shown.asked.on).query()}",
            ", ".join(filter(None, (f"{mission.name}: {mission.state}", mission.aged))),
            state=mission.state, old=bool(mission.aged),
        )
        for host, mission in by_host.items()
    ]  # fmt: skip
    return world(spots, f"Map. {shown.title}")


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
    """Every State with known missions on a day, by the share of those closed, suspended or evacuated; those with fewer
    than FEW missions, of which a share says nothing, come last."""
    marks = ", ".join(f"'{state}'" for state in AWAY)
    rows = connection.execute(
        f"SELECT receiving_state, count(*), sum(state IN ({marks})) FROM periods "  # noqa: S608 - words of our own
        "WHERE state <> 'unknown' AND coalesce(since, '') <= :day AND (until IS NULL OR until > :day) "
        "GROUP BY receiving_state",
        {"day": on},
    )
    found = [Host(code, host_label(code), missions, away) for code, missions, away in rows]
    return sorted(found, key=lambda host: (host.missions < FEW, -host.share, -host.missions, host.name))


def span(connection: sqlite3.Connection, today: str) -> tuple[str, str]:
    """The first and the last day of the slider of the map: from the first known change, at most YEARS ago, to today."""
    earliest = f"{max(int(today[:4]) - YEARS, 1):04}{today[4:]}".replace("-02-29", "-02-28")
    row = connection.execute(
        "SELECT min(since) FROM periods WHERE state <> 'unknown' AND since >= ?", (earliest,)
    ).fetchone()
    return min(row[0] or today, today), today


def hosts_map(found: Sequence[Host], on: str) -> Drawing:
    """The world: a bubble for each State by the number of its missions, in it a core by those that do not work."""
    spots = [
        Spot(
            host.code, f"/-/board?{Asked(place=host.code, on=on).query()}",
            f"{host.name}: {host.away} of {host.missions} missions closed, suspended or evacuated",
            missions=host.missions, away=host.away, name=host.name, named=_bad(host),
        )
        for host in found
    ]  # fmt: skip
    return world(spots, "World map; the same numbers are in the table")


def _bad(host: Host) -> bool:
    return host.missions >= FEW and host.share >= NAMED


def finding(found: Sequence[Host]) -> str:
    """What a map of hosts shows, in a sentence."""
    if not found:
        return "No mission is known on this day"
    missions, away = sum(host.missions for host in found), sum(host.away for host in found)
    worst = [named(host.code) for host in found if host.missions >= FEW and host.share > MOSTLY][:3]
    if worst:
        places = " and ".join(filter(None, (", ".join(worst[:-1]), worst[-1])))
        return f"In {places} most missions do not work"
    return f"{away:,} of {missions:,} missions do not work" if away else f"All {missions:,} missions known are at work"
